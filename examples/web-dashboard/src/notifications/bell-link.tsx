import { Link } from '@tanstack/react-router'
import { LiveInbox, UnreadNotifications } from '../gen/operations.ts'
import { usePrivateLive } from '../live/use-live.ts'
import { usePrivate } from '../session/use-private.ts'
import { Bell } from '../ui/icons.tsx'

/** The way to the notifications, with how many are unread where that is known. */
export function BellLink() {
  const asked = usePrivate(UnreadNotifications, {})
  const live = usePrivateLive(LiveInbox, {})
  const unread =
    live.data?.notificationAdded?.unreadCount ?? asked.data?.data.viewer?.unreadNotifications ?? 0
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
