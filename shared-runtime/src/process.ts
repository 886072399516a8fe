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

  closeWithGrace({ delay: DRAIN_MS, logger: false }, async ({ signal, err }) => {
    if (err) log.fatal({ err }, 'ending after an unexpected error')
    else log.info({ signal }, 'draining')
    state.phase = 'draining'
    for (const part of started.reverse()) await part.stop()
    log.info('stopped')
    log.flush()
  })

  try {
    for (const part of [management, ...parts]) {
      const address = await part.start()
      started.push(part)
      if (address !== undefined) addresses[part.name] = address
    }
  } catch (error) {
    process.stderr.write(
      error instanceof StartError
        ? `${name} did not start: ${error.message}\n`
        : `${name} did not start: ${describe(error)}\n`,
    )
    process.exit(1)
  }
  state.phase = 'ready'
  log.info({ addresses }, 'ready')
}

/** `/livez` says that the process runs, `/readyz` that it can serve, with the reason when it cannot. */
function managementApp(state: { phase: string }, parts: readonly Part[]): Hono {
  const app = new Hono()
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => {
    const unready = Object.fromEntries(
      parts.map((part) => [part.name, part.unready?.()]).filter(([, reason]) => reason !== undefined),
    )
    const ready = state.phase === 'ready' && Object.keys(unready).length === 0
    return c.json(
      { status: ready ? 'ready' : state.phase === 'ready' ? 'unready' : state.phase, unready },
      ready ? 200 : 503,
    )
  })
  return app
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
