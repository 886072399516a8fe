import { policyOf, type RateLimitPolicy } from '@harbor/shared-edge/limits/policy'
import type { Config } from './config.ts'

/** The rate limit policies and their settings. */
export const rateLimitPolicies = (config: Config): readonly RateLimitPolicy[] => [
  policyOf(config.RATE_LIMIT_ADDRESS, { name: 'address', per: 'address' }),
  policyOf(config.RATE_LIMIT_USER, { name: 'user', per: 'user' }),
  policyOf(config.RATE_LIMIT_CLIENT, { name: 'client', per: 'client' }),
]
