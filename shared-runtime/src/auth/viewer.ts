import type { UserId } from '../user-id.ts'
import type { Role, Scope } from './roles.ts'

/** The user behind a request, as the identity service attests it. */
export type Viewer = {
  readonly id: UserId
  readonly roles: ReadonlySet<Role>
  readonly scopes: ReadonlySet<Scope>
  /** The app that asks in the user's name: the OAuth client that the token was given to. */
  readonly clientId: string
  /** The consumer's access token: exchanged for internal tokens, never sent to an upstream other than identity. */
  readonly token: string
}
