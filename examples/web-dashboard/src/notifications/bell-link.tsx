import { Link } from '@tanstack/react-router'
import { UnreadNotifications } from '../gen/operations.ts'
import { usePrivate } from '../session/use-private.ts'
import { Bell } from '../ui/icons.tsx'

/** Milliseconds between two looks at what is new. */
const LOOK_EVERY_MS = 60_000

/** The way to the notifications, with how many are unread where that is known. */
export function BellLink() {
  const { data } = usePrivate(UnreadNotifications, {}, { everyMs: LOOK_EVERY_MS })
  const unread = data?.data.viewer?.unreadNotifications ?? 0
  return (
    <Link
      to="/notifications"
      className="icon-button"
      aria-label={unread > 0 ? `Notifications, ${unread} unread` : 'Notifications'}
    >
      <Bell />
      {unread > 0 && <span className="count">{unread}</span>}
    </Link>
  )
}
