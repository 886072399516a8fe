/** Any host serves: only what remains of it without one is used. */
const BASE = 'https://here.invalid'
/** Of the encoded path: it is kept in a cookie, of which a browser takes 4,096 bytes. */
const MAX_BYTES = 512
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them, and what is left may be another host
const NEVER_IN_A_PATH = /[\u0000-\u0020\u007f\\]/

/** The path to go to after log-in; `/` for everything that is, or could be read as, an address elsewhere. */
export function localPath(asked: string | undefined): string {
  if (asked === undefined || asked.length > MAX_BYTES) return '/'
  if (!asked.startsWith('/') || NEVER_IN_A_PATH.test(asked) || !URL.canParse(asked, BASE)) return '/'
  const { origin, pathname, search, hash } = new URL(asked, BASE)
  // `/.//host` is a path of ours until its dots are taken out.
  if (origin !== BASE || pathname.startsWith('//')) return '/'
  const path = pathname + search + hash
  return path.length > MAX_BYTES ? '/' : path
}
