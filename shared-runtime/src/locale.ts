import { parseAccept } from 'hono/utils/accept'

/** The languages in which people are answered; the first is the default. */
export const LOCALES = ['en', 'de', 'fr', 'ja'] as const
export type Locale = (typeof LOCALES)[number]

/** The best of our languages for an `Accept-Language` header; `de-AT` is served by `de`. */
export function negotiateLocale(acceptLanguage: string | null | undefined): Locale {
  if (!acceptLanguage) return LOCALES[0]
  for (const { type } of parseAccept(acceptLanguage)) {
    const language = type.split('-', 1)[0]?.toLowerCase()
    const known = LOCALES.find((locale) => locale === language)
    if (known) return known
  }
  return LOCALES[0]
}
