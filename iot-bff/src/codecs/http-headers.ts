/**
 * The offered media type that an `Accept` header prefers (RFC 9110 §12.5.1): of equal ones the one that the header
 * names first; without a header the first offered.
 * @returns `undefined` when it accepts none of them
 */
export function preferredType(accept: string | undefined, offered: readonly string[]): string | undefined {
  if (accept === undefined) return offered[0]
  const ranges = accept.toLowerCase().split(',').map(parseRange)
  let best: { type: string; quality: number; place: number } | undefined
  for (const type of offered) {
    // The most specific range decides, also when it says "not this one": `text/plain;q=0, */*`.
    const place = mostSpecific(ranges, type)
    const quality = ranges[place]?.quality ?? 0
    if (quality === 0) continue
    if (!best || quality > best.quality || (quality === best.quality && place < best.place))
      best = { type, quality, place }
  }
  return best?.type
}

type Range = { readonly range: string; readonly quality: number }

function parseRange(text: string): Range {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim())
  return { range, quality: qualityOf(parameters) }
}

/** The place of the range that fits a type most closely; -1 for none. */
function mostSpecific(ranges: readonly Range[], type: string): number {
  const wildcard = `${type.slice(0, type.indexOf('/'))}/*`
  for (const wanted of [type, wildcard, '*/*']) {
    const place = ranges.findIndex(({ range }) => range === wanted)
    if (place >= 0) return place
  }
  return -1
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = given === undefined ? 1 : Number(given.slice(2))
  return quality >= 0 && quality <= 1 ? quality : 0
}
