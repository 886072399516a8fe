import { type Asked, askSession, endSession, type Session } from './session.ts'

/** To ask does not prolong a session; it may have ended elsewhere. */
const ASK_EVERY_MS = 60_000
const ASK_AGAIN_MS = 5_000

const NOTICES = new Map([
  ['failed', 'You are not logged in: the log-in was not finished. Please try again.'],
  ['unavailable', 'You cannot log in just now. Please try again in a moment.'],
])

export type Shown = { readonly session: Session; readonly notice: string }

let shown: Shown = { session: { state: 'unknown' }, notice: '' }
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

/** The tabs of one browser share a session: one that sees another session, or none, tells the others to look. */
const tabs = new BroadcastChannel('session')

export const current = (): Shown => shown
export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function show(next: Shown): void {
  if (keyOf(shown.session) !== keyOf(next.session)) tabs.postMessage(null)
  shown = next
  for (const listener of listeners) listener()
}

export const keyOf = (session: Session): string | undefined =>
  session.state === 'user' ? session.key : undefined

/** Asks who is logged in, and shows it; asks again when the session should end, or something says that it has. */
async function refreshSession(): Promise<void> {
  clearTimeout(timer)
  const asked = await askSession().catch(() => undefined)
  clearTimeout(timer)
  // Not known is not logged out: what is shown stays.
  timer = setTimeout(refreshSession, asked ? untilNext(asked) : ASK_AGAIN_MS)
  if (!asked) return
  const { session } = asked
  if (session.state === 'user') {
    if (keyOf(shown.session) !== session.key) show({ session, notice: '' })
  } else if (shown.session.state !== 'nobody') show({ session, notice: noticeOfEnd() })
}

const untilNext = ({ idleEndsAt }: Asked): number =>
  idleEndsAt === undefined
    ? ASK_EVERY_MS
    : Math.min(Math.max(idleEndsAt - Date.now() + 500, 1_000), ASK_EVERY_MS)

const noticeOfEnd = (): string =>
  shown.session.state === 'user'
    ? 'Your session has ended. Log in again to continue.'
    : (NOTICES.get(new URLSearchParams(location.search).get('log-in') ?? '') ?? '')

/** Whether the cookie is still that of the session that is shown: it may have become another's meanwhile. */
export async function stillCurrent(key: string): Promise<boolean> {
  const asked = await askSession().catch(() => undefined)
  if (asked && keyOf(asked.session) === key) return true
  void refreshSession()
  return false
}

/** Logs out here, then at the identity service, which still knows this browser. */
export async function logOut(everywhere: boolean): Promise<void> {
  try {
    const endSessionUrl = await endSession(everywhere)
    show({ session: { state: 'nobody' }, notice: '' })
    if (endSessionUrl !== undefined) location.assign(endSessionUrl)
  } catch {
    show({
      ...shown,
      notice: 'You are still logged in: logging out did not work. Please try again in a moment.',
    })
  }
}

/** Where to log in, so that the user comes back to what they see now. */
export const logInAddress = (): string =>
  `/auth/login?${new URLSearchParams({ returnTo: location.pathname + location.search + location.hash })}`

export function watchSession(): void {
  tabs.addEventListener('message', () => void refreshSession())
  // This tab may have slept meanwhile.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void refreshSession()
  })
  // Nothing of a user is left for the browser's back and forward cache.
  addEventListener('pagehide', () => {
    shown = { session: { state: 'unknown' }, notice: '' }
    for (const listener of listeners) listener()
  })
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
  void refreshSession()
}
