import { z } from 'zod'
import { DEFAULT_BFF_CLIENTS } from './identity/clients.ts'
import { SERVICE_NAMES } from './service-names.ts'

const HIGHEST_PORT = 65_535 - SERVICE_NAMES.length

const SETTINGS = {
  PORT: {
    fallback: '4100',
    allowed: `an integer from 0 (free ports) to ${HIGHEST_PORT}; the services take the ${SERVICE_NAMES.length} ports after it`,
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.number().max(HIGHEST_PORT)),
  },
  HOST: {
    fallback: '127.0.0.1',
    allowed: 'an IP address or a host name of this machine',
    schema: z.string().min(1),
  },
  IDENTITY_ISSUER: {
    fallback: undefined,
    allowed: 'an http or https address without a path, such as http://identity:4101',
    schema: z.url({ protocol: /^https?$/ }).optional(),
  },
  REDIS_URL: {
    fallback: undefined,
    allowed: 'a redis or rediss address, such as redis://127.0.0.1:6379',
    schema: z.url({ protocol: /^rediss?$/ }).optional(),
  },
  WEB_BFF_URL: {
    fallback: 'http://localhost:4000',
    allowed: 'the http or https address of the web BFF',
    schema: z.url({ protocol: /^https?$/ }),
  },
  BFF_CLIENTS: {
    fallback: DEFAULT_BFF_CLIENTS.join(),
    allowed: 'the OAuth client ids of the BFFs other than the web BFF, separated by commas',
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/))),
  },
  IMAGES_URL: {
    fallback: undefined,
    allowed: 'the http or https address at which browsers and apps find the image service, without a path',
    schema: z.url({ protocol: /^https?$/ }).optional(),
  },
  ACCESS_TOKEN_SECONDS: {
    fallback: '3600',
    allowed: 'a whole number from 1 to 86400',
    schema: z
      .string()
      .regex(/^[1-9]\d{0,4}$/)
      .transform(Number)
      .pipe(z.number().max(86_400)),
  },
} as const

/** One setting of the process; a wrong value ends it with one message. */
export function setting<N extends keyof typeof SETTINGS>(name: N): z.infer<(typeof SETTINGS)[N]['schema']> {
  const { schema, fallback, allowed } = SETTINGS[name]
  const given = process.env[name] || fallback
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    return end(
      `mock-services did not start:\n  ${name}: given ${JSON.stringify(given)}; allowed: ${allowed}.`,
    )
  return parsed.data as z.infer<(typeof SETTINGS)[N]['schema']>
}

/** Ends the process with one line on what is wrong. */
export function end(message: string): never {
  console.error(message)
  process.exit(1)
}
