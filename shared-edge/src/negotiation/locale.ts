import { LOCALES, type Locale } from '@harbor/shared-runtime/locale'
import { preferredLanguage } from './index.ts'

/** The best of our languages for an `Accept-Language` header. */
export const negotiateLocale = (acceptLanguage: string | null | undefined): Locale =>
  preferredLanguage(acceptLanguage, LOCALES)
