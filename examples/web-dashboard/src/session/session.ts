import { fieldsOf, sendForJson } from '../graph/send.ts'

export type Session =
  /** Not known yet, or the page is being left. */
  | { readonly state: 'unknown' }
  | { readonly state: 'nobody' }
  /** `key` is another for each log-in, of the same user or of another with the same name. */
  | { readonly state: 'user'; readonly key: string; readonly name: string; readonly roles: readonly string[] }

export type Asked = { readonly session: Session; readonly idleEndsAt: number | undefined }

/** Who is logged in. To ask does not prolong a session. @throws when that cannot be known now */
export async function askSession(): Promise<Asked> {
  const { user, idleExpiresAt, expiresAt } = fieldsOf(await sendForJson('/session'))
  if (user === null) return { session: { state: 'nobody' }, idleEndsAt: undefined }
  const { name, roles } = fieldsOf(user)
  return {
    session: {
      state: 'user',
      key: JSON.stringify([user, expiresAt]),
      name: typeof name === 'string' ? name : 'Logged in',
      roles: Array.isArray(roles) ? roles.map(String) : [],
    },
    idleEndsAt: Date.parse(String(idleExpiresAt)),
  }
}

/** Ends the session here, or all of the user; gives where to log out at the identity service, too. */
export async function endSession(everywhere: boolean): Promise<string | undefined> {
  const path = everywhere ? '/auth/logout-everywhere' : '/auth/logout'
  const { endSessionUrl } = fieldsOf(await sendForJson(path, { method: 'POST' }))
  return typeof endSessionUrl === 'string' ? endSessionUrl : undefined
}
