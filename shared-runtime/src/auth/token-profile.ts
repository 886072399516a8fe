import { z } from 'zod'
import { oneOf, setting } from '../config/config.ts'

/** How the access tokens of a provider say what is needed of them. The default is RFC 9068. */
export type TokenProfile = {
  /** Of the header. `JWT`: any type, for providers that do not follow RFC 9068. */
  readonly type: 'at+jwt' | 'JWT'
  /** The claim with the user's roles: a name, or a path such as `realm_access.roles`. */
  readonly roles: string
  /** The claim with the granted scopes, likewise. */
  readonly scopes: string
  /** The claim with the OAuth client that the token was issued to, likewise. */
  readonly client: string
}

export const RFC_9068: TokenProfile = { type: 'at+jwt', roles: 'roles', scopes: 'scope', client: 'client_id' }

const claim = (defaultValue: string, about: string) =>
  setting(
    z
      .string()
      .regex(/^[\w:/.-]{1,200}$/)
      .default(defaultValue),
    { about, allowed: 'the name of a claim, or a path such as realm_access.roles' },
  )

/** Settings of a BFF that verifies access tokens. */
export const tokenSettings = {
  TOKEN_AUDIENCE: setting(z.string().min(1).max(200).optional(), {
    about:
      'The audience (`aud`) of access tokens for this BFF; its client id when not set. ID tokens have the client id of an app as their audience, so with TOKEN_TYPE=JWT choose another one.',
    allowed: 'a string of 1 to 200 characters',
  }),
  TOKEN_TYPE: oneOf(
    ['at+jwt', 'JWT'],
    'at+jwt',
    'The type of access tokens: at+jwt (RFC 9068), or JWT for any, if the provider does not follow RFC 9068.',
  ),
  TOKEN_ROLES_CLAIM: claim(RFC_9068.roles, 'The claim of access tokens that holds the roles of the user.'),
  TOKEN_SCOPES_CLAIM: claim(RFC_9068.scopes, 'The claim of access tokens that holds the granted scopes.'),
  TOKEN_CLIENT_CLAIM: claim(RFC_9068.client, 'The claim of access tokens that holds the OAuth client.'),
}

export const tokenProfile = (
  settings: z.output<z.ZodObject<Omit<typeof tokenSettings, 'TOKEN_AUDIENCE'>>>,
) => ({
  type: settings.TOKEN_TYPE,
  roles: settings.TOKEN_ROLES_CLAIM,
  scopes: settings.TOKEN_SCOPES_CLAIM,
  client: settings.TOKEN_CLIENT_CLAIM,
})

/** The value of a claim by its name or, when there is none of that name, by the path. */
export function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}
