import { parse, serialize } from 'hono/utils/cookie'

/** A cookie of the web BFF: never readable by scripts, for this host only. */
export type Cookie = {
  read(header: string | null | undefined): string | undefined
  /** A `Set-Cookie` header value. @throws for one that browsers would drop (RFC 6265, 6.1: above 4,096 bytes) */
  set(value: string): string
  clear(): string
}

export type Cookies = { readonly session: Cookie; readonly logIn: Cookie }

/** The scheme of a 401: RFC 9110 requires one, and no registered name exists for a cookie. */
export const CHALLENGE = 'Cookie'

const MAX_BYTES = 4_096

/** Time for a user to log in at the identity service. */
export const LOG_IN_SECONDS = 600

/**
 * The two cookies (RFC 10017, 6.1.3.2). With https, browsers enforce the prefix `__Host-Http-`. Plain http is for
 * development: different names, so that the two can never be confused.
 */
export const createCookies = (secure: boolean): Cookies => ({
  session: cookie(secure ? '__Host-Http-session' : 'dev-session', { secure, sameSite: 'Strict' }),
  // Lax: the redirect back from the identity service is a cross-site navigation, without Strict cookies.
  logIn: cookie(secure ? '__Host-Http-log-in' : 'dev-log-in', {
    secure,
    sameSite: 'Lax',
    maxAge: LOG_IN_SECONDS,
  }),
})

type Attributes = { secure: boolean; sameSite: 'Strict' | 'Lax'; maxAge?: number }

function cookie(name: string, attributes: Attributes): Cookie {
  const line = (value: string, more: Partial<Attributes>) => {
    const written = serialize(name, value, { ...attributes, ...more, path: '/', httpOnly: true })
    const bytes = Buffer.byteLength(written)
    if (bytes > MAX_BYTES) throw new Error(`The cookie ${name} has ${bytes} bytes. Allowed: ${MAX_BYTES}.`)
    return written
  }
  return {
    read: (header) => parse(header ?? '', name)[name] || undefined,
    set: (value) => line(value, {}),
    clear: () => line('', { maxAge: 0 }),
  }
}
