import { IDEMPOTENCY_KEY } from '@harbor/shared-edge/http/idempotency-key'
import { FORMATS } from '@harbor/shared-edge/representation/media-types'
import { LOCALES } from '@harbor/shared-runtime/locale'

const text = { type: 'string' } as const

/** Headers and query parameters that many routes take. */
export const PARAMETERS = {
  AcceptLanguage: {
    name: 'Accept-Language',
    description: 'Language of labels and of money: en, de, fr, ja; en for any other',
    example: 'de',
  },
  IfNoneMatch: {
    name: 'If-None-Match',
    description: 'ETags of the answers that the app has: a 304 when one of them is still right',
    example: '"q1w2e3"',
  },
  IfMatch: {
    name: 'If-Match',
    description: 'ETags of what is written to: done only while one of them is right, else 412',
    example: '"7"',
  },
  AppVersion: {
    name: 'App-Version',
    description: 'Which app asks, as name/version (ios, android or web)',
    example: 'harbor/3.2.1 (ios)',
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    description:
      'New for each thing that is to be done, the same for every repetition; remembered for 24 hours',
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
    required: true,
    schema: { ...text, pattern: IDEMPOTENCY_KEY.source },
  },
  Locale: {
    name: 'locale',
    in: 'query',
    description: 'Instead of Accept-Language: then caches may keep the answer for everybody',
    schema: { ...text, enum: LOCALES.slice() },
  },
  Format: {
    name: 'format',
    in: 'query',
    description: 'Instead of Accept: then caches may keep the answer for everybody',
    schema: { ...text, enum: Object.keys(FORMATS) },
  },
} as const

const parameterRefs = (names: readonly (keyof typeof PARAMETERS)[]) =>
  names.map((name) => ({ $ref: `#/components/parameters/${name}` }))

export const SCREEN_PARAMETERS = parameterRefs([
  'Locale',
  'Format',
  'AcceptLanguage',
  'IfNoneMatch',
  'AppVersion',
])
export const REVISIONED_PARAMETERS = parameterRefs([
  'IdempotencyKey',
  'IfMatch',
  'AcceptLanguage',
  'AppVersion',
])
export const ACTION_PARAMETERS = parameterRefs(['IdempotencyKey', 'AcceptLanguage', 'AppVersion'])
