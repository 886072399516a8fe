import { httpEdge } from '@harbor/shared-edge/http/http-edge'
import type { EdgeEnv } from '@harbor/shared-edge/http/tracing'
import { readFormBody, readJsonBody } from '@harbor/shared-edge/limits/read-body'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { logIn, mayUse } from '../access/topics.ts'
import type { Devices } from '../devices/registry.ts'
import { requireToken, tokenOnly } from './guard.ts'

const Text = z.string().max(1_024)
const LogIn = z.object({ username: Text, password: Text })
const Use = z.object({ username: Text, action: z.enum(['publish', 'subscribe']), topic: Text })

type Options = {
  devices: Devices
  brokerToken: string | undefined
  /** Whether telemetry that the broker acknowledges is taken from there; else publishing it would lose it. */
  takesTelemetry: () => boolean
  log: Log
}

/**
 * What a broker asks when a device logs in, publishes or subscribes, as EMQX 5 does over HTTP (JSON or a form):
 * the rules of the embedded broker. Every answer is a 200, as EMQX takes any other for "ignore", which may end in
 * "allow"; what is not understood is denied.
 */
export function mqttRoutes({ devices, brokerToken, takesTelemetry, log }: Options): Hono {
  const app = new Hono<EdgeEnv>().basePath('/mqtt')
  httpEdge(app, { log, challenge: tokenOnly })
  app.use(requireToken(brokerToken, 'MQTT_AUTH_TOKEN'))

  app.post('/auth', async (c) => {
    const { data } = LogIn.safeParse(await fields(c))
    const credential = data && logIn(devices, data.username, data.password)
    if (!credential) return c.json({ result: 'deny' })
    const { validUntil } = credential
    // The broker ends the session of a key that is being replaced by itself (EMQX 5.8).
    const expiry = Number.isFinite(validUntil) && { expire_at: Math.floor(validUntil / 1000) }
    return c.json({ result: 'allow', is_superuser: false, ...expiry })
  })

  app.post('/acl', async (c) => {
    const { data } = Use.safeParse(await fields(c))
    const device = devices.byId(data?.username ?? '')
    const isTaken = data?.action !== 'publish' || takesTelemetry()
    const allowed = data && device && isTaken && mayUse(device, data.action, data.topic)
    return c.json({ result: allowed ? 'allow' : 'deny' })
  })

  const mounted = new Hono()
  mounted.route('/', app)
  return mounted
}

/** Three texts, and what else a broker may be set up to send. */
const BODY = { maxBytes: 16 * 1024, maxDepth: 4, maxMembers: 50 }

/** The fields of a body; nothing for one that is neither JSON nor a form, or larger than any broker sends. */
async function fields({ req }: Context): Promise<unknown> {
  const type = req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  try {
    if (type !== 'application/x-www-form-urlencoded') return await readJsonBody(req.raw, BODY)
    return Object.fromEntries(await readFormBody(req.raw, BODY))
  } catch (error) {
    if (error instanceof ProblemError) return undefined
    throw error
  }
}
