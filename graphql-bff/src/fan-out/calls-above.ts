import type { FanOut } from './upstream-call.ts'

/** A call that was made more often than the static fan-out of its operation allows. */
export type CallsAbove = { readonly call: string; readonly made: number; readonly most: number }

/** What an operation called above its static fan-out; nothing, unless a field does not say what it asks. */
export function callsAbove(fanOut: FanOut, counts: ReadonlyMap<string, number>): CallsAbove[] {
  const most = new Map<string, number>(fanOut)
  return [...counts].flatMap(([call, made]) => {
    const allowed = most.get(call) ?? 0
    return made > allowed ? [{ call, made, most: allowed }] : []
  })
}
