import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { host, logLevel, managementPort, port } from '@harbor/shared-runtime/config'
import { z } from 'zod'

export const Config = z.object({
  PORT: port(4001, 'Port of the mobile API.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  IDENTITY_CLIENT_SECRET: clientSecret('mobile-bff'),
  ...bffSettings,
})
