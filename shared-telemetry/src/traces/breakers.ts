import { callEvents } from '@harbor/shared-clients/call-events'
import type { Listen } from '../subscriptions.ts'
import { faultOfCall } from './fault.ts'
import type { OpenBreaker } from './record.ts'

/** When each breaker opened, and after what. */
export function watchBreakers(listen: Listen): () => readonly OpenBreaker[] {
  const open = new Map<string, OpenBreaker>()
  /** What each upstream did last that was wrong. */
  const last = new Map<string, string>()

  listen(callEvents.finished, (ended) => {
    if (ended.code === 'ok') return
    const fault = faultOfCall(ended)
    if (fault === undefined || fault.kind === 'breaker-open') return
    last.set(fault.upstream, fault.words)
    // The breaker opens before the call that made it open has ended.
    const opened = open.get(fault.upstream)
    if (opened && opened.after === undefined) open.set(fault.upstream, { ...opened, after: fault.words })
  })
  listen(callEvents.breaker, ({ upstream, state }) => {
    if (state === 'closed') open.delete(upstream)
    else if (!open.has(upstream))
      // biome-ignore lint/plugin: people read it
      open.set(upstream, { upstream, at: Date.now(), after: last.get(upstream) })
  })
  return () => [...open.values()]
}
