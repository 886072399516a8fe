import type { DashboardQuery } from '../gen/operations.ts'
import { words } from '../ui/words.ts'

type Viewer = NonNullable<DashboardQuery['viewer']>

export const Greeting = ({ viewer: { displayName, loyalty, unreadNotifications } }: { viewer: Viewer }) => (
  <section className="greeting">
    <h1>{displayName ? `Hello, ${displayName}` : 'Hello'}</h1>
    <p className="facts">
      {loyalty && (
        <span className="badge">
          {loyalty.tier ? words(loyalty.tier) : 'Member'} · {loyalty.points.toLocaleString()} points
        </span>
      )}
      <span>
        {unreadNotifications === null
          ? 'Your notifications are not available just now.'
          : `${unreadNotifications} unread notifications`}
      </span>
    </p>
  </section>
)
