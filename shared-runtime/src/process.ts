import closeWithGrace from 'close-with-grace'
import { Hono } from 'hono'
import { httpPart } from './http-server.ts'
import type { Log } from './log.ts'
import { type Part, StartError } from './part.ts'

type Options = {
  name: string
  log: Log
  host: string
  managementPort: number
  parts: readonly Part[]
}

/** Time to finish at SIGTERM; what is left then is cut. */
const DRAIN_MS = 9_000

/**
 * Runs a process: management port first, then each part; then ready. SIGTERM and SIGINT: not ready, the parts
 * drained in reverse, exit 0 within 10 s. A part that cannot start ends the process with code 1 and one message.
 */
export async function runProcess({ name, log, host, managementPort, parts }: Options): Promise<void> {
  const state: { phase: 'starting' | 'ready' | 'draining' } = { phase: 'starting' }
  const started: Part[] = []
  const addresses: Record<string, string> = {}

  const management = httpPart({
    name: 'management',
    fetch: managementApp(state, parts).fetch,
    host,
    port: managementPort,
    portSetting: 'MANAGEMENT_PORT',
  })

  const onTimeout = () => log.warn('cut what had not ended in time')
  closeWithGrace({ delay: DRAIN_MS, logger: false, onTimeout }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'ending after an unexpected error')
    else log.info({ signal }, 'draining')
    state.phase = 'draining'
    for (const part of started.toReversed())
      await part
        .stop()
        .catch((error: unknown) => log.error({ err: error, part: part.name }, 'not stopped well'))
    log.info('stopped')
    log.flush()
  })

  try {
    for (const part of [management, ...parts]) {
      if (state.phase === 'draining') return
      const address = await part.start()
      started.push(part)
      if (address !== undefined) addresses[part.name] = address
    }
  } catch (error) {
    failStart(name, error)
  }
  if (state.phase === 'draining') return
  state.phase = 'ready'
  log.info({ addresses }, 'ready')
}

/** Ends a process that cannot start: code 1 and one message, with a stack only for what nobody foresaw. */
export function failStart(name: string, error: unknown): never {
  const reason = error instanceof StartError ? error.message : describe(error)
  process.stderr.write(`${name} did not start: ${reason}\n`)
  process.exit(1)
}

/** `/livez` says that the process runs, `/readyz` that it can serve, with the reason when it cannot. */
function managementApp(state: { phase: string }, parts: readonly Part[]): Hono {
  const app = new Hono()
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => {
    const unready = Object.fromEntries(
      parts.map((part) => [part.name, part.unready?.()]).filter(([, reason]) => reason !== undefined),
    )
    const details = Object.fromEntries(
      parts.map((part) => [part.name, part.details?.()]).filter(([, detail]) => detail !== undefined),
    )
    const ready = state.phase === 'ready' && Object.keys(unready).length === 0
    return c.json(
      { status: ready ? 'ready' : state.phase === 'ready' ? 'unready' : state.phase, unready, details },
      ready ? 200 : 503,
    )
  })
  for (const { management } of parts) if (management) app.route('/', management)
  return app
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
