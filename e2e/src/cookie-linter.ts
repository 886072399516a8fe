/** The cookies that the web BFF may set, by name; no others. */
const COOKIES: Record<string, { secure: boolean; sameSite: string; maxAge: RegExp; value: RegExp }> = {
  '__Host-Http-session': { secure: true, sameSite: 'Strict', maxAge: /^$/, value: /^[\w-]{43}$/ },
  '__Host-Http-log-in': {
    secure: true,
    sameSite: 'Lax',
    maxAge: /^[1-5]?\d{1,2}$|^600$/,
    value: /^[\w-]{100,}$/,
  },
  'dev-session': { secure: false, sameSite: 'Strict', maxAge: /^$/, value: /^[\w-]{43}$/ },
  'dev-log-in': { secure: false, sameSite: 'Lax', maxAge: /^[1-5]?\d{1,2}$|^600$/, value: /^[\w-]{100,}$/ },
}
const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//

/**
 * What is wrong with a `Set-Cookie` line of the web BFF (RFC 10017, 6.1.3.2; RFC 6265bis, prefixes): nothing,
 * when it is one of its cookies with exactly the attributes that it is to have.
 */
export function lintCookie(url: string, line: string): string[] {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim())
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(pair) ?? []
  const attributes = rest.map((part) => part.split('=').map((word) => word.trim()))
  const rule = COOKIES[name]
  if (!rule) return [`${name || line}: no cookie of this name is to be set`]
  const has = new Map(attributes.map(([attribute = '', given = '']) => [attribute.toLowerCase(), given]))
  const wrong: [boolean, string][] = [
    [has.size !== attributes.length, 'an attribute twice'],
    [!has.has('httponly'), 'HttpOnly is missing'],
    [has.get('samesite') !== rule.sameSite, `SameSite has to be ${rule.sameSite}`],
    [has.get('path') !== '/', 'Path has to be /'],
    [has.has('domain'), 'Domain may not be there'],
    [rule.secure !== has.has('secure'), rule.secure ? 'Secure is missing' : 'Secure on a development name'],
    [rule.secure !== url.startsWith('https:'), 'the name does not fit the scheme of its address'],
    [!rule.secure && !LOOPBACK.test(url), 'a development name away from this machine'],
    [!isRemoved(has, value) && !rule.maxAge.test(has.get('max-age') ?? ''), 'Max-Age is not as it has to be'],
    [!isRemoved(has, value) && !rule.value.test(value), 'the value is not opaque, or too short'],
    [[...has.keys()].some((attribute) => !KNOWN.has(attribute)), 'an attribute that nobody asked for'],
  ]
  return wrong.filter(([is]) => is).map(([, what]) => `${name}: ${what}`)
}

const KNOWN = new Set(['httponly', 'secure', 'samesite', 'path', 'max-age'])

const isRemoved = (has: ReadonlyMap<string, string>, value: string) =>
  has.get('max-age') === '0' && value === ''

/** Returns the answer unchanged. @throws when it sets an invalid cookie */
export function lintAnswer(answer: Response, url = answer.url): Response {
  const wrong = answer.headers.getSetCookie().flatMap((line) => lintCookie(url, line))
  if (wrong.length > 0) throw new Error(`${url} sets a cookie that it may not set:\n${wrong.join('\n')}`)
  return answer
}
