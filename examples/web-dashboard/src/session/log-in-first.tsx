import { Empty } from '../ui/empty.tsx'
import { LogInLink } from './log-in-link.tsx'

/** In the place of what belongs to a customer. */
export const LogInFirst = ({ what }: { what: string }) => (
  <Empty title={`Log in to see ${what}`}>
    <p>You come back to this page.</p>
    <LogInLink />
  </Empty>
)
