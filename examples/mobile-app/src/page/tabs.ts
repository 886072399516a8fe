const NAME = 'account changed'

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(NAME)

/** Tells the other tabs that the account of this device has changed, on both ways that browsers offer. */
export function announce(): void {
  channel?.postMessage(null)
  try {
    localStorage.setItem(NAME, crypto.randomUUID())
  } catch {
    // No storage: the channel has told them, and each checks when it is shown.
  }
}

/** Calls `look` whenever the account may have changed: another tab says so, or this one may have slept meanwhile. */
export function onAnnounced(look: () => unknown): void {
  channel?.addEventListener('message', look)
  addEventListener('storage', ({ key }) => key === NAME && look())
  document.addEventListener('visibilitychange', () => !document.hidden && look())
  addEventListener('pageshow', look)
}
