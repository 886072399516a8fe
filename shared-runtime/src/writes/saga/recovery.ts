import type { Log } from '../../log/log.ts'
import type { Part } from '../../process/part.ts'
import { createRequestContext } from '../../request/request-context.ts'
import type { SagaEngine } from './engine.ts'
import type { Worker } from './run.ts'

type Options<State, Tools> = {
  name: string
  engine: SagaEngine<State, Tools>
  /** Tools of one recovery, with credentials of this process: the user's are no longer available. */
  toolsFor: (context: Worker<Tools>['context']) => Tools
  log: Pick<Log, 'warn'>
  /** Milliseconds from one search for open sagas to the next. */
  everyMs?: number
}

const EVERY_MS = 1_000
/** Sagas recovered in parallel. */
const AT_A_TIME = 16
const BUDGET_MS = 8_000
const LEASE_MS = BUDGET_MS + 1_000

/**
 * Finishes or undoes sagas that this or another process has left open, at the start and every second. With shared
 * journals any replica may do it, one at a time for each saga.
 */
export function recoveryPart<State, Tools>({
  name,
  engine,
  toolsFor,
  log,
  everyMs = EVERY_MS,
}: Options<State, Tools>): Part {
  const stopping = new AbortController()
  const counts = { settled: 0, leftForLater: 0 }
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  async function look(): Promise<void> {
    try {
      const ids = await engine.due(AT_A_TIME)
      await Promise.all(ids.map(recover))
    } catch (error) {
      log.warn({ err: error, part: name }, 'cannot list open sagas')
    }
    if (!stopping.signal.aborted) timer = setTimeout(() => (running = look()), everyMs)
  }

  async function recover(id: string): Promise<void> {
    let end = () => {}
    try {
      const settled = await engine.recover(id, LEASE_MS, (traceparent) => {
        const context = createRequestContext({ budgetMs: BUDGET_MS, traceparent, consumer: stopping.signal })
        end = context.end
        return { context, tools: toolsFor(context) }
      })
      counts[settled ? 'settled' : 'leftForLater']++
    } catch (error) {
      // Such as a journal of another version. It does not keep the others from being recovered.
      counts.leftForLater++
      log.warn({ err: error, part: name, id }, 'cannot recover a saga')
    } finally {
      end()
    }
  }

  return {
    name,
    async start() {
      running = look()
      return undefined
    },
    async stop() {
      clearTimeout(timer)
      stopping.abort()
      await running
    },
    details: () => counts,
  }
}
