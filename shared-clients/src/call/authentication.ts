import { setting } from '@harbor/shared-runtime/config'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { z } from 'zod'
import { SERVICES, type ServiceName } from '../services.ts'
import type { InternalTokens } from './internal-tokens.ts'

/**
 * How a service learns who calls:
 * - `exchange`: a short token for this service, with the user as subject and this BFF as actor (RFC 8693); client
 *   credentials where there is no user
 * - `client-credentials`: a token of this BFF, whoever the user is
 * - `pass-through`: the access token of the user, which any service that gets it could use elsewhere
 * - `none`: no credential
 */
const MODES = ['exchange', 'client-credentials', 'pass-through', 'none'] as const
export type Authentication = (typeof MODES)[number]
export type Authentications = Readonly<Record<ServiceName, Authentication>>

const allowed = `one of ${MODES.join(', ')}, or exceptions after it: exchange,catalog=none`

export const upstreamAuthentication = setting(
  z
    .string()
    .default('exchange')
    .transform((text, context): Authentications => {
      const [standard, ...exceptions] = text.split(',')
      const found = new Map<string, string | undefined>(SERVICES.map((service) => [service, standard]))
      for (const exception of exceptions) {
        const [service = '', mode] = exception.split('=')
        if (!found.has(service)) context.addIssue(`no service is called ${service}`)
        found.set(service, mode)
      }
      const parsed = z.record(z.enum(SERVICES), z.enum(MODES)).safeParse(Object.fromEntries(found))
      if (parsed.success) return parsed.data
      context.addIssue(allowed)
      return z.NEVER
    }),
  {
    about:
      'How domain services learn who calls: by a token for each (RFC 8693), by the credentials of this BFF, by the access token of the user itself, or not at all.',
    allowed,
    shownDefault: 'exchange',
  },
)

/** No `authorization` is sent with it. */
export const NO_TOKEN = ''

/** The tokens of one service, by its way of authentication. */
export function tokensBy(authentication: Authentication, internal: InternalTokens): InternalTokens {
  switch (authentication) {
    case 'exchange':
      return internal
    case 'client-credentials':
      return (context, ...more) => internal({ ...context, viewer: undefined }, ...more)
    case 'pass-through':
      return async (context, audience, signal, refused) => {
        if (context.viewer === undefined) return internal(context, audience, signal, refused)
        const { token } = context.viewer
        if (token !== refused) return token
        throw new UpstreamError(audience, 'user_refused', 'it refused the access token of the user')
      }
    case 'none':
      return async () => NO_TOKEN
  }
}
