/** The supported languages; the first is the default. */
export const LOCALES = ['en', 'de', 'fr', 'ja'] as const
export type Locale = (typeof LOCALES)[number]
