/**
 * The first of the offered media types that an `Accept` header likes best; without a header the first.
 * @returns `undefined` when it wants none of them
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined) return offered[0]
  let best: { type: string; quality: number } | undefined
  for (const range of accept.toLowerCase().split(',')) {
    const [wanted = '', ...parameters] = range.split(';').map((part) => part.trim())
    const quality = qualityOf(parameters)
    const type = offered.find((candidate) => matches(wanted, candidate))
    if (type !== undefined && quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

/** Whether an `If-None-Match` header holds the tag (given without its quotes), weakly compared. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((entry) => {
    const candidate = entry.trim()
    return candidate === '*' || candidate.replace(/^W\//, '') === `"${tag}"`
  })
}

const matches = (range: string, type: string): boolean =>
  range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)))

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = given === undefined ? 1 : Number(given.slice(2))
  return quality >= 0 && quality <= 1 ? quality : 0
}
