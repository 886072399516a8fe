import type { Hono } from 'hono'

/** A component of a process: started in order, stopped in reverse order. */
export type Part = {
  readonly name: string
  /** Resolves once it can serve, with its address if it has one. */
  start(): Promise<string | undefined>
  /** Finishes running work, then resolves. */
  stop(): Promise<void>
  /** Why it is not ready now; `undefined` when it is. */
  unready?(): string | undefined
  /** Information for operators, shown on `/readyz`; it does not affect readiness. */
  details?(): unknown
  /** Its routes on the management port, for operators only. */
  readonly management?: Hono
}

/** A process cannot start for a reason that its operator can fix: shown without a stack. */
export class StartError extends Error {
  override name = 'StartError'
}

/** An open resource that only has to be closed, after the parts that use it. */
export const closing = (name: string, resource: { close(): Promise<void> }): Part => ({
  name,
  start: async () => undefined,
  stop: () => resource.close(),
})

/** A task that runs once before the parts after it serve. */
export const warming = (act: () => Promise<void>): Part => ({
  name: 'warm-up',
  start: async () => void (await act()),
  stop: async () => {},
})
