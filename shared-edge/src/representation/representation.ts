import { LOCALES, type Locale } from '@harbor/shared-runtime/locale'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { HonoRequest } from 'hono'
import { z } from 'zod'
import type { Query } from '../http/query.ts'
import { validated } from '../http/validated.ts'
import { preferredCoding, preferredMediaType } from '../negotiation/index.ts'
import { negotiateLocale } from '../negotiation/locale.ts'
import { CODINGS, type Coding } from './codings.ts'
import { FORMATS, MEDIA_TYPES, type MediaType } from './media-types.ts'

const FORMAT_NAMES = Object.keys(FORMATS) as (keyof typeof FORMATS)[]

/** What a URL may say of the form of its answer; then the headers are not asked, and nothing varies by them. */
export const InUrl = z.object({
  locale: z.enum(LOCALES, `Allowed: ${LOCALES.join(', ')}`).optional(),
  format: z.enum(FORMAT_NAMES, `Allowed: ${FORMAT_NAMES.join(', ')}`).optional(),
})

/** In which form a request gets its answer. */
export type Representation = {
  readonly locale: Locale
  readonly mediaType: MediaType
  readonly coding: Coding
  /** The request headers on which the choice of language and media type depends. */
  readonly varies: readonly string[]
  /** What the URL says of it. */
  readonly inUrl: z.output<typeof InUrl>
  /**
   * Whether everybody gets it who asks for this URL without saying more. What a header asked for is for the cache of
   * who asked alone: else each way to say so would be one more variant in every cache on the way.
   */
  readonly forAll: boolean
}

const SAYS_NOTHING: ReadonlySet<string | undefined> = new Set([undefined, '', '*', '*/*'])

/**
 * Picks language, media type and coding.
 * @param query with what the URL says of the form
 * @throws {ProblemError} `INVALID_REQUEST` for a locale or format that there is not; `NOT_ACCEPTABLE`
 */
export function negotiate(request: HonoRequest, query: Query): Representation {
  const inUrl = validated('query', InUrl, query)
  const { locale, format } = inUrl
  const language = locale === undefined ? request.header('accept-language') : undefined
  const accept = format === undefined ? request.header('accept') : undefined
  const mediaType = format === undefined ? preferredMediaType(accept, MEDIA_TYPES) : FORMATS[format]
  if (mediaType === undefined) throw new ProblemError('NOT_ACCEPTABLE', `Allowed: ${MEDIA_TYPES.join(', ')}.`)
  return {
    locale: locale ?? negotiateLocale(language),
    mediaType,
    coding: preferredCoding(request.header('accept-encoding'), CODINGS),
    varies: [
      ...(locale === undefined ? ['Accept-Language'] : []),
      ...(format === undefined ? ['Accept'] : []),
    ],
    inUrl,
    forAll: SAYS_NOTHING.has(language) && (SAYS_NOTHING.has(accept) || accept === MEDIA_TYPES[0]),
  }
}
