/** Any host will do: only the path is used. */
const BASE = 'https://here.invalid'
/** Maximum length of the encoded path: it is stored in a cookie, which browsers limit to 4,096 bytes. */
const MAX_BYTES = 512
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, and what is left may be another host
const NEVER_IN_A_PATH = /[\u0000-\u0020\u007f\\]/

/** The path to return to after log-in; `/` for anything that is, or could be read as, a URL elsewhere. */
export function localPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > MAX_BYTES) return '/'
  if (!asked.startsWith('/') || NEVER_IN_A_PATH.test(asked) || !URL.canParse(asked, BASE)) return '/'
  const { origin, pathname, search, hash } = new URL(asked, BASE)
  // `/.//host` looks like a local path until its dot segments are removed.
  if (origin !== BASE || pathname.startsWith('//')) return '/'
  const path = pathname + search + hash
  return path.length > MAX_BYTES ? '/' : path
}
