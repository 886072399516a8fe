import type { NotificationsQuery } from '../gen/operations.ts'
import { day, words } from '../ui/words.ts'

type Inbox = NonNullable<NonNullable<NotificationsQuery['viewer']>['notifications']>
type Item = NonNullable<Inbox['items'][number]>

export const NotificationItem = ({ item: { kind, title, body, createdAt, readAt } }: { item: Item }) => (
  <li className={readAt === null ? 'unread' : undefined}>
    <p className="row">
      <strong>{title}</strong>
      <small>
        {kind && `${words(kind)} · `}
        {day(createdAt)}
      </small>
    </p>
    <p>{body}</p>
  </li>
)
