import type { Cache } from '@harbor/shared-runtime/cache'
import { flag, secret } from '@harbor/shared-runtime/config'
import type { Log } from '@harbor/shared-runtime/log'
import { StartError } from '@harbor/shared-runtime/part'
import { type Authentications, upstreamAuthentication } from './call/authentication.ts'
import { type ClientSet, createClients } from './clients.ts'
import { type AddressSettings, addressesOf, identityOrigins, SERVICES, upstreamSettings } from './services.ts'

/** The settings of a BFF that calls services: where they are, and how calls to them are authenticated. */
export const callSettings = {
  ...upstreamSettings,
  IDENTITY_ORIGINS: identityOrigins,
  UPSTREAM_AUTH: upstreamAuthentication,
  DEVELOPMENT_SECRETS: flag(
    false,
    'Accept the development secret of a client, which everybody knows, though identity is not on this machine. For the demo in containers.',
  ),
}

const developmentSecret = (clientId: string): string => `${clientId}-secret`

/** The secret of a BFF at the identity service; a development default for the mock services. */
export const clientSecret = (clientId: string) =>
  secret(developmentSecret(clientId), `Secret of the client ${clientId} at the identity service.`)

export type CallConfig = { [K in keyof AddressSettings]: string } & {
  IDENTITY_CLIENT_SECRET: string
  IDENTITY_ORIGINS?: readonly string[] | undefined
  UPSTREAM_AUTH?: Authentications | undefined
  DEVELOPMENT_SECRETS?: boolean | undefined
}

type Options = {
  clientId: string
  config: CallConfig
  /** None: nothing is cached. */
  cache?: Cache
  log: Pick<Log, 'warn'>
}

/**
 * The clients of a BFF out of its settings.
 * @throws {StartError} for a development secret at an identity service that is not on this machine
 */
export function openUpstreams({ clientId, config, cache, log }: Options): ClientSet {
  const { IDENTITY_URL, IDENTITY_CLIENT_SECRET, UPSTREAM_AUTH } = config
  const isOpen = IDENTITY_CLIENT_SECRET === developmentSecret(clientId)
  if (isOpen && !config.DEVELOPMENT_SECRETS && !isLoopback(new URL(IDENTITY_URL).hostname))
    throw new StartError(
      `IDENTITY_CLIENT_SECRET: given the development secret, or nothing; needed is a secret of your own, since IDENTITY_URL (${IDENTITY_URL}) is not on this machine. DEVELOPMENT_SECRETS=true accepts it.`,
    )
  const passed = SERVICES.filter((service) => UPSTREAM_AUTH?.[service] === 'pass-through')
  if (passed.length > 0)
    log.warn(
      { services: passed },
      'these services get the access tokens of users, and could use them elsewhere',
    )
  return createClients({
    addresses: addressesOf(config),
    identityOrigins: config.IDENTITY_ORIGINS,
    authentication: UPSTREAM_AUTH,
    clientId,
    clientSecret: IDENTITY_CLIENT_SECRET,
    ...(cache && { cache }),
  })
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
