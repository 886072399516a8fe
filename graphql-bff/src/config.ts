import { bffSettings, clientSecret } from '@harbor/shared-clients'
import { flag, host, logLevel, managementPort, port } from '@harbor/shared-runtime/config'
import { z } from 'zod'

export const Config = z.object({
  PORT: port(4000, 'Port of the dashboard and of /graphql.'),
  MANAGEMENT_PORT: managementPort,
  HOST: host,
  LOG_LEVEL: logLevel,
  GRAPHQL_ALLOW_ADHOC: flag(
    false,
    'Take documents outside the persisted manifest, answer introspection and serve GraphiQL. For development.',
  ),
  IDENTITY_CLIENT_SECRET: clientSecret('web-bff'),
  ...bffSettings,
})
