import { setTimeout as pause } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { Hono } from 'hono'
import { logConnectionLimit } from '../http/connection-limit.ts'
import { httpPart } from '../http/http-server.ts'
import type { Log } from '../log/log.ts'
import { standardOutput, writeToStderr } from '../log/log-output.ts'
import { type Part, StartError } from './part.ts'

type Options = {
  name: string
  log: Log
  host: string
  managementPort: number
  /** Seconds for which a stopping process is unready but still accepts requests. */
  drainDelayS?: number
  parts: readonly Part[]
}

/** Operators send larger bodies than consumers: all lists of a device at once. */
const MANAGEMENT_BODY_BYTES = 512 * 1024

/** Milliseconds to finish after SIGTERM; then remaining work is cut. */
const DRAIN_MS = 9_000

/** Probes, scrapes and operators; a small limit, so that they cannot use up the open files. */
const MANAGEMENT_CONNECTIONS = 32

/** Milliseconds for the last log lines to be written. */
const LOG_DRAIN_MS = 1_000

/** Ctrl-C may reach a process twice, from its terminal and from its parent: within this time it counts once. */
const SAME_CTRL_C_MS = 1_000

/**
 * Runs a process: management port first, then each part; then it is ready. On SIGTERM or SIGINT it becomes unready,
 * accepts requests for the drain delay, then stops the parts in reverse order and exits with code 0 within 10 more
 * seconds. A second Ctrl-C ends it at once with code 1; a second SIGTERM changes nothing. A part that cannot start
 * ends the process with code 1 and one message.
 */
export async function runProcess({
  name,
  log,
  host,
  managementPort,
  drainDelayS = 0,
  parts,
}: Options): Promise<void> {
  const state: { phase: 'starting' | 'ready' | 'draining' } = { phase: 'starting' }
  const started: Part[] = []
  const addresses: Record<string, string> = {}

  const management = httpPart({
    name: 'management',
    fetch: managementApp(state, parts).fetch,
    host,
    port: managementPort,
    portSetting: 'MANAGEMENT_PORT',
    maxBodyBytes: MANAGEMENT_BODY_BYTES,
    maxConnections: MANAGEMENT_CONNECTIONS,
  })
  logConnectionLimit(log)

  // A library that warns on a closed standard error must not end the process.
  process.stderr.on('error', () => {})

  const onTimeout = () => log.warn('cut work that did not finish in time')
  const delay = DRAIN_MS + drainDelayS * 1_000
  const grace = closeWithGrace({ delay, logger: false, onTimeout, skip: [...SIGNALS] }, async ({ err }) => {
    if (err) log.fatal({ err }, 'ending after an unexpected error')
    const wasReady = state.phase === 'ready'
    state.phase = 'draining'
    // A load balancer sends requests until it has seen that this process is not ready.
    if (wasReady && !err) await pause(drainDelayS * 1_000)
    for (const part of started.toReversed())
      await part
        .stop()
        .catch((error: unknown) => log.error({ err: error, part: part.name }, 'part failed to stop'))
    log.info('stopped')
    await standardOutput().drained(LOG_DRAIN_MS)
  })

  endOnSignal(log, () => grace.close())

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

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

function endOnSignal(log: Log, end: () => void): void {
  let firstAt: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (firstAt === undefined) {
      firstAt = performance.now()
      log.info({ signal }, 'draining')
      end()
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_CTRL_C_MS) process.exit(1)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
}

/** Ends a process that cannot start: code 1 and one message, with a stack only for unexpected errors. */
export function failStart(name: string, error: unknown): never {
  const reason = error instanceof StartError ? error.message : describe(error)
  writeToStderr(`${name} did not start: ${reason}\n`)
  process.exit(1)
}

/** `/livez` reports that the process runs, `/readyz` that it can serve, or the reason why not. */
function managementApp(state: { phase: string }, parts: readonly Part[]): Hono {
  const app = new Hono()
  app.get('/livez', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', (c) => {
    const unready = Object.fromEntries(
      parts.map((part) => [part.name, part.unready?.()]).filter(([, reason]) => reason !== undefined),
    )
    const details = {
      log: standardOutput().state(),
      ...Object.fromEntries(
        parts.map((part) => [part.name, part.details?.()]).filter(([, detail]) => detail !== undefined),
      ),
    }
    const ready = state.phase === 'ready' && Object.keys(unready).length === 0
    return c.json(
      { status: ready ? 'ready' : state.phase === 'ready' ? 'unready' : state.phase, unready, details },
      ready ? 200 : 503,
    )
  })
  for (const path of ['/livez', '/readyz']) app.all(path, (c) => c.body(null, 405, { Allow: 'GET, HEAD' }))
  for (const { management } of parts) if (management) app.route('/', management)
  return app
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
