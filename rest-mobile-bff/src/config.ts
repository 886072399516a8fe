import { upstreamSettings } from '@harbor/shared-clients'
import { host, logLevel, managementPort, port, secret } from '@harbor/shared-runtime/config'
import { z } from 'zod'

export const Config = z.object({
  PORT: port(4001, 'Port of the mobile API.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  IDENTITY_CLIENT_SECRET: secret(
    'mobile-bff-secret',
    'Secret of the client mobile-bff at the identity service.',
  ),
  ...upstreamSettings,
})
