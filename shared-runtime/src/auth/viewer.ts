import type { UserId } from '../user-id.ts'
import type { Role, Scope } from './roles.ts'

/** The user behind a request, as authenticated by the identity service. */
export type Viewer = {
  readonly id: UserId
  readonly roles: ReadonlySet<Role>
  readonly scopes: ReadonlySet<Scope>
  /** The app that acts for the user: the OAuth client to which the token was issued. */
  readonly clientId: string
  /** The consumer's access token: exchanged for internal tokens, never sent to an upstream other than identity. */
  readonly token: string
}
