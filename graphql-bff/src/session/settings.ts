import { integer, isOrigin, setting } from '@harbor/shared-runtime/config'
import { sealKeys } from '@harbor/shared-runtime/seal'
import { z } from 'zod'
import type { SessionLimits } from './session.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Cookies over plain http could be read on the network; loopback has no network. */
const isSafe = (address: string) => {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
}

/** Settings of log-in and sessions. */
export const sessionSettings = {
  PUBLIC_URL: setting(
    z
      .string()
      .refine(isOrigin)
      .refine(isSafe)
      .transform((address) => new URL(address).origin)
      .optional(),
    {
      about: 'Public URL of the dashboard, to which log-in returns; http://localhost:PORT when not set.',
      allowed: 'https://host[:port] without a path; http:// for localhost, 127.0.0.1 and [::1] only',
    },
  ),
  LOG_IN_SCOPES: setting(
    z
      .string()
      .regex(/^openid( [\w:/.-]{1,100}){0,40}$/)
      .default(
        'openid profile cart:read cart:write orders:read checkout notifications:read notifications:write',
      ),
    { about: 'The scopes that a log-in asks for.', allowed: 'openid, and further scopes after a space each' },
  ),
  LOG_IN_PARAMETERS: setting(z.string().max(1_000).default(''), {
    about:
      'Further parameters of a log-in, as the identity provider wants them: audience=https://api.shop.example',
    allowed: 'parameters of a URL, joined by &',
  }),
  SEAL_KEYS: sealKeys('encrypt sessions'),
  SESSION_IDLE: integer(30, [1, 10_000], 'Minutes without a request after which a session ends.'),
  SESSION_MAX: integer(12, [1, 8_760], 'Hours after log-in at which a session ends, used or not.'),
  REFRESH_TOKEN_LIFETIME: integer(
    336,
    [1, 8_760],
    'Lifetime of refresh tokens in hours, if the identity service does not state it; no session is longer.',
  ),
}

type Settings = z.output<z.ZodObject<typeof sessionSettings>>

/** The parameters of a log-in out of the settings. Those of the protocol itself win over them. */
export function logInParameters({
  LOG_IN_SCOPES,
  LOG_IN_PARAMETERS,
}: Pick<Settings, 'LOG_IN_SCOPES' | 'LOG_IN_PARAMETERS'>): URLSearchParams {
  const parameters = new URLSearchParams(LOG_IN_PARAMETERS)
  parameters.set('scope', LOG_IN_SCOPES)
  return parameters
}

export const sessionLimits = ({
  SESSION_IDLE,
  SESSION_MAX,
  REFRESH_TOKEN_LIFETIME,
}: Pick<Settings, 'SESSION_IDLE' | 'SESSION_MAX' | 'REFRESH_TOKEN_LIFETIME'>): SessionLimits => ({
  idleMs: SESSION_IDLE * 60_000,
  maxMs: SESSION_MAX * 3_600_000,
  refreshTokenMs: REFRESH_TOKEN_LIFETIME * 3_600_000,
})
