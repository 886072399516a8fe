import closeWithGrace from 'close-with-grace'
import { end, setting } from './settings.ts'

const controlPort = setting('PORT')
const host = setting('HOST')
const issuer = setting('IDENTITY_ISSUER')
const redisUrl = setting('REDIS_URL')
const webBffUrl = setting('WEB_BFF_URL')
const bffClients = setting('BFF_CLIENTS')
const accessTokenSeconds = setting('ACCESS_TOKEN_SECONDS')
const imagesUrl = setting('IMAGES_URL')

// Loaded only once the settings are good: a typing error is answered at once.
const { PortError, startMockServices } = await import('./index.ts')
const mocks = await startMockServices({
  controlPort,
  host,
  issuer,
  redisUrl,
  webBffUrl,
  bffClients,
  accessTokenSeconds,
  imagesUrl,
}).catch((error: unknown) => {
  if (!(error instanceof PortError)) throw error
  return end(
    `mock-services did not start: ${error.message}. Set PORT to a free port with the ports after it.`,
  )
})

// What cannot be printed, on a full disk or to a reader that is gone, is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

closeWithGrace({ delay: 2_000 }, async ({ err }) => {
  if (err) console.error(err)
  await mocks.close()
})

console.log(JSON.stringify({ ready: true, control: mocks.controlUrl, services: mocks.services }))
