import { Notifications, type NotificationsQuery } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { NotificationItem } from './notification-item.tsx'
import { Preferences } from './preferences.tsx'
import { useReadMarks } from './use-read-marks.ts'
import './notifications.css'

export const NotificationsPage = () => (
  <>
    <title>Notifications · Harbor Commerce</title>
    <h1>Notifications</h1>
    <SignedIn
      forRole="customer"
      otherwise={<LogInFirst what="your notifications" />}
      meanwhile={<Skeleton lines={6} />}
    >
      <OwnNotifications />
    </SignedIn>
  </>
)

function OwnNotifications() {
  const query = usePrivate(Notifications, { first: 20 })
  if (query.isPending) return <Skeleton lines={8} />
  // The choice comes below, and only now: it is not pushed away by what arrives.
  return (
    <>
      <Shown query={query} />
      <Preferences />
    </>
  )
}

function Shown({ query }: { query: ReturnType<typeof usePrivate<NotificationsQuery, { first: number }>> }) {
  const { mark, isBusy } = useReadMarks()
  const retry = () => void query.refetch()
  if (!query.data) return <Degraded what="Your notifications" why={factsOf(query.error)} onRetry={retry} />
  const inbox = query.data.data.viewer?.notifications
  if (!inbox) return <Degraded what="Your notifications" why={query.data.missing[0]} onRetry={retry} />
  if (inbox.items.length === 0) return <Empty title="Nothing new." />
  return (
    <>
      <p className="row">
        <span className="muted">{inbox.unreadCount} unread</span>
        {inbox.unreadCount > 0 && (
          <button type="button" className="button small" disabled={isBusy} onClick={() => void mark()}>
            Mark all as read
          </button>
        )}
      </p>
      <ul className="notifications panel">
        {inbox.items.map(
          (item) =>
            item && <NotificationItem key={item.id} item={item} onRead={() => void mark([item.id])} />,
        )}
      </ul>
    </>
  )
}
