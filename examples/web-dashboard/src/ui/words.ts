/** `ON_ITS_WAY` as "On its way"; `null` is a word that the graph has not. */
export function words(constant: string | null): string {
  if (constant === null) return 'Unknown'
  const text = constant.toLowerCase().replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })

/** An instant as a day, in the user's language. */
export const day = (iso: string): string => dates.format(new Date(iso))
