import { policyOf, type RateLimitPolicy } from '@harbor/shared-edge/limits/policy'
import type { Config } from '../config.ts'
import { ENDING_PATHS } from '../session/ending-paths.ts'

const except = Object.values(ENDING_PATHS)

/** Whose requests are limited, where, and by which setting. */
export const rateLimitPolicies = (config: Config): readonly RateLimitPolicy[] => [
  policyOf(config.RATE_LIMIT_ADDRESS, { name: 'address', per: 'address', except }),
  policyOf(config.RATE_LIMIT_AUTH, { name: 'auth', per: 'address', under: '/auth/', except }),
  policyOf(config.RATE_LIMIT_SESSION, { name: 'session', per: 'session' }),
  policyOf(config.RATE_LIMIT_USER, { name: 'user', per: 'user' }),
]
