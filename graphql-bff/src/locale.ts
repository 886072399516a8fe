import { parseAccept } from 'hono/utils/accept'

/** The languages in which amounts are written; the first is the default. */
const LOCALES = ['en', 'de', 'fr', 'ja'] as const
export type Locale = (typeof LOCALES)[number]

/** The best of our languages for an `Accept-Language` header; `de-AT` is served by `de`. */
export function localeOf(acceptLanguage: string | null): Locale {
  if (!acceptLanguage) return LOCALES[0]
  const wanted = parseAccept(acceptLanguage).map(({ type }) => type.split('-', 1)[0]?.toLowerCase())
  for (const language of wanted) {
    const known = LOCALES.find((locale) => locale === language)
    if (known) return known
  }
  return LOCALES[0]
}
