import { setting, wholeNumber } from '@harbor/shared-runtime/config'
import { sealKeys } from '@harbor/shared-runtime/seal'
import { z } from 'zod'
import type { SessionLimits } from './session.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function isOrigin(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { username, password, pathname, search, hash } = new URL(address)
  return pathname === '/' && [username, password, search, hash].every((part) => part === '')
}

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
  SEAL_KEYS: sealKeys('encrypt sessions'),
  SESSION_IDLE: wholeNumber(30, 10_000, 'Minutes without a request after which a session ends.'),
  SESSION_MAX: wholeNumber(12, 8_760, 'Hours after log-in at which a session ends, used or not.'),
  REFRESH_TOKEN_LIFETIME: wholeNumber(
    336,
    8_760,
    'Lifetime of refresh tokens in hours, if the identity service does not state it; no session is longer.',
  ),
}

type Settings = z.output<z.ZodObject<typeof sessionSettings>>

export const sessionLimits = ({
  SESSION_IDLE,
  SESSION_MAX,
  REFRESH_TOKEN_LIFETIME,
}: Pick<Settings, 'SESSION_IDLE' | 'SESSION_MAX' | 'REFRESH_TOKEN_LIFETIME'>): SessionLimits => ({
  idleMs: SESSION_IDLE * 60_000,
  maxMs: SESSION_MAX * 3_600_000,
  refreshTokenMs: REFRESH_TOKEN_LIFETIME * 3_600_000,
})
