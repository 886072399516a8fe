import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { drainDelay, host, logLevel, managementPort, port } from '@harbor/shared-runtime/config'
import { z } from 'zod'

export const Config = z.object({
  PORT: port(4010, 'Port of the API for price tags.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  DRAIN_DELAY: drainDelay,
  IDENTITY_CLIENT_SECRET: clientSecret('price-tag-bff'),
  ...bffSettings,
})
