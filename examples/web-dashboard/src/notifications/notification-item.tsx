import type { NotificationsQuery } from '../gen/operations.ts'
import { day, words } from '../ui/words.ts'

type Inbox = NonNullable<NonNullable<NotificationsQuery['viewer']>['notifications']>
type Item = NonNullable<Inbox['items'][number]>

type Props = { item: Item; onRead: () => void }

export const NotificationItem = ({ item: { kind, title, body, createdAt, readAt }, onRead }: Props) => (
  <li className={readAt === null ? 'unread' : undefined}>
    <p className="row">
      <strong>{title}</strong>
      <small>
        {kind && `${words(kind)} · `}
        {day(createdAt)}
      </small>
    </p>
    <p className="row">
      <span>{body}</span>
      {readAt === null && (
        <button
          type="button"
          className="button small quiet"
          aria-label={`Mark as read: ${title}`}
          onClick={onRead}
        >
          Mark as read
        </button>
      )}
    </p>
  </li>
)
