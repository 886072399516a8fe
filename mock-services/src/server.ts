import closeWithGrace from 'close-with-grace'
import { z } from 'zod'
import { PortError, SERVICE_NAMES, startMockServices } from './index.ts'

const HIGHEST_PORT = 65_535 - SERVICE_NAMES.length

const SETTINGS = {
  PORT: {
    fallback: '4100',
    allowed: `a whole number from 0 (free ports) to ${HIGHEST_PORT}; the services take the ${SERVICE_NAMES.length} ports after it`,
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
  WEB_BFF_URL: {
    fallback: 'http://127.0.0.1:4000',
    allowed: 'the http or https address of the web BFF',
    schema: z.url({ protocol: /^https?$/ }),
  },
} as const

function setting<N extends keyof typeof SETTINGS>(name: N): z.infer<(typeof SETTINGS)[N]['schema']> {
  const { schema, fallback, allowed } = SETTINGS[name]
  const given = process.env[name] || fallback
  const parsed = schema.safeParse(given)
  if (!parsed.success) return end(`${name}=${given}: not allowed. Allowed: ${allowed}.`)
  return parsed.data as z.infer<(typeof SETTINGS)[N]['schema']>
}

function end(message: string): never {
  console.error(message)
  process.exit(1)
}

const controlPort = setting('PORT')
const host = setting('HOST')
const mocks = await startMockServices({
  controlPort,
  host,
  issuer: setting('IDENTITY_ISSUER'),
  webBffUrl: setting('WEB_BFF_URL'),
}).catch((error: unknown) => {
  if (!(error instanceof PortError)) throw error
  return end(
    `PORT=${controlPort} HOST=${host}: ${error.message}. Allowed: ${SETTINGS.PORT.allowed}, all of them free. ` +
      'Stop what listens there, or set PORT.',
  )
})

closeWithGrace({ delay: 2_000 }, async ({ err }) => {
  if (err) console.error(err)
  await mocks.close()
})

console.log(JSON.stringify({ ready: true, control: mocks.controlUrl, services: mocks.services }))
