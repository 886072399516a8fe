import { LOCALES, type Locale } from '@harbor/shared-runtime/locale'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { HonoRequest } from 'hono'
import { z } from 'zod'
import type { Query } from '../http/query.ts'
import { validated } from '../http/validated.ts'
import { preferredCoding, preferredMediaType } from '../negotiation/index.ts'
import { negotiateLocale } from '../negotiation/locale.ts'
import { CODINGS, type Coding } from './codings.ts'
import { FORMATS, type MediaType } from './media-types.ts'

/** The selected representation of an answer. */
export type Representation<Type extends string = MediaType> = {
  readonly locale: Locale
  readonly mediaType: Type
  readonly coding: Coding
  /** The request headers that affect the choice of language and media type. */
  readonly varies: readonly string[]
  /** The representation parameters in the URL. */
  readonly inUrl: Readonly<{ locale?: Locale | undefined; format?: string | undefined }>
  /**
   * Whether shared caches may store it. An answer selected by a header is for the requesting consumer's cache only:
   * otherwise each header value would be one more variant in every cache on the way.
   */
  readonly forAll: boolean
}

const SAYS_NOTHING: ReadonlySet<string | undefined> = new Set([undefined, '', '*', '*/*'])

/** What selects the representation of the answers of some routes, and the parameters of a URL that do. */
export type Negotiation<Type extends string> = {
  /** If given, the headers are ignored and the answer does not vary by them. */
  readonly InUrl: z.ZodObject<{
    locale: z.ZodOptional<z.ZodEnum<{ [L in Locale]: L }>>
    format: z.ZodOptional<z.ZodEnum<Record<string, string>>>
  }>
  /**
   * Selects language, media type and coding.
   * @param query with the representation parameters of the URL
   * @throws {ProblemError} `INVALID_REQUEST` for an unknown locale or format; `NOT_ACCEPTABLE`
   */
  negotiate(request: HonoRequest, query: Query): Representation<Type>
}

/** @param formats media types by their names in a URL; the first is the default */
export function negotiationOf<Type extends string>(
  formats: Readonly<Record<string, Type>>,
): Negotiation<Type> {
  const typeOf = new Map(Object.entries(formats))
  const types = [...typeOf.values()]
  const names = [...typeOf.keys()]
  const InUrl = z.object({
    locale: z.enum(LOCALES, `Allowed: ${LOCALES.join(', ')}`).optional(),
    format: z.enum(names, `Allowed: ${names.join(', ')}`).optional(),
  })
  return {
    InUrl,
    negotiate(request, query) {
      const inUrl = validated('query', InUrl, query)
      const { locale, format } = inUrl
      const language = locale === undefined ? request.header('accept-language') : undefined
      const accept = format === undefined ? request.header('accept') : undefined
      const mediaType = format === undefined ? preferredMediaType(accept, types) : typeOf.get(format)
      if (mediaType === undefined) throw new ProblemError('NOT_ACCEPTABLE', `Allowed: ${types.join(', ')}.`)
      return {
        locale: locale ?? negotiateLocale(language),
        mediaType,
        coding: preferredCoding(request.header('accept-encoding'), CODINGS),
        varies: [
          ...(locale === undefined ? ['Accept-Language'] : []),
          ...(format === undefined ? ['Accept'] : []),
        ],
        inUrl,
        forAll: SAYS_NOTHING.has(language) && (SAYS_NOTHING.has(accept) || accept === types[0]),
      }
    },
  }
}

/** Of screens. */
export const { InUrl, negotiate } = negotiationOf(FORMATS)
