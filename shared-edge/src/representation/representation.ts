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

/** Representation parameters of a URL; if given, the headers are ignored and the answer does not vary by them. */
export const InUrl = z.object({
  locale: z.enum(LOCALES, `Allowed: ${LOCALES.join(', ')}`).optional(),
  format: z.enum(FORMAT_NAMES, `Allowed: ${FORMAT_NAMES.join(', ')}`).optional(),
})

/** The selected representation of an answer. */
export type Representation = {
  readonly locale: Locale
  readonly mediaType: MediaType
  readonly coding: Coding
  /** The request headers that affect the choice of language and media type. */
  readonly varies: readonly string[]
  /** The representation parameters in the URL. */
  readonly inUrl: z.output<typeof InUrl>
  /**
   * Whether shared caches may store it. An answer selected by a header is for the requesting consumer's cache only:
   * otherwise each header value would be one more variant in every cache on the way.
   */
  readonly forAll: boolean
}

const SAYS_NOTHING: ReadonlySet<string | undefined> = new Set([undefined, '', '*', '*/*'])

/**
 * Selects language, media type and coding.
 * @param query with the representation parameters of the URL
 * @throws {ProblemError} `INVALID_REQUEST` for an unknown locale or format; `NOT_ACCEPTABLE`
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
