const DAY_MS = 86_400_000

/** The number of days from which a coarser unit is used, and its length in days. */
const UNITS = [
  { from: 365, unit: 'year', days: 365 },
  { from: 60, unit: 'month', days: 30 },
  { from: 14, unit: 'week', days: 7 },
  { from: 0, unit: 'day', days: 1 },
] as const

/** Made once a locale: one costs more than the rest of an answer. */
const formats = new Map<string, Intl.RelativeTimeFormat>()

function formatOf(locale: string): Intl.RelativeTimeFormat {
  let format = formats.get(locale)
  if (format === undefined)
    formats.set(locale, (format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })))
  return format
}

/**
 * Formats how long ago a day is ("yesterday", "vor 3 Tagen"). Whole days, in UTC: a label per minute would change the
 * answer, and so its ETag, every minute.
 */
export function relativeDayFormat(locale: string, now: Date) {
  const format = formatOf(locale)
  const today = Math.floor(now.getTime() / DAY_MS)
  return (instant: string): string => {
    const days = today - Math.floor(Date.parse(instant) / DAY_MS)
    const { unit, days: length } = UNITS.find(({ from }) => Math.abs(days) >= from) ?? UNITS[3]
    return format.format(-Math.trunc(days / length), unit)
  }
}
