import type { Hono } from 'hono'

/** Something that a process runs: started in order, stopped in reverse. */
export type Part = {
  readonly name: string
  /** Resolves with the address it serves at, if it has one, once it can serve. */
  start(): Promise<string | undefined>
  /** Finishes what runs, then resolves. */
  stop(): Promise<void>
  /** Why it cannot serve now; `undefined` when it can. */
  unready?(): string | undefined
  /** What an operator wants to know of it, shown on `/readyz`; it decides nothing. */
  details?(): unknown
  /** Routes of its own on the management port: what an operator can read or do, and no consumer can reach. */
  readonly management?: Hono
}

/** A process cannot start, for a reason that its operator can mend: shown without a stack. */
export class StartError extends Error {
  override name = 'StartError'
}

/** Something that is open already and only has to be closed, after the parts that use it. */
export const closing = (name: string, resource: { close(): Promise<void> }): Part => ({
  name,
  start: async () => undefined,
  stop: () => resource.close(),
})

/** Something to be done once before the parts after it serve. */
export const warming = (act: () => Promise<void>): Part => ({
  name: 'warm-up',
  start: async () => void (await act()),
  stop: async () => {},
})
