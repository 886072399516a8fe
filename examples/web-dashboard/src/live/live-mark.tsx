import type { LiveState } from './subscribe.ts'
import './live.css'

const WORDS = { connecting: '', live: 'Live', reconnecting: 'Reconnecting', off: '' } satisfies Record<
  LiveState,
  string
>

/** Says quietly whether what is shown follows every change; not announced, since it is of no use to hear it. */
export const LiveMark = ({ state }: { state: LiveState }) => (
  <span className={`live-mark live-${state}`}>{WORDS[state]}</span>
)
