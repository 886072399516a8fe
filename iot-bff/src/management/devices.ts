import { httpEdge } from '@harbor/shared-edge/http/http-edge'
import type { EdgeEnv } from '@harbor/shared-edge/http/tracing'
import { readTextBody } from '@harbor/shared-edge/limits/read-body'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Seal } from '@harbor/shared-runtime/seal'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { addContext, create, remove, revokeContext, revokeKey, rotate, setLists } from '../devices/actions.ts'
import { newKey } from '../devices/key.ts'
import { type DeviceRecord, Identifier, Lists, NewDevice } from '../devices/record.ts'
import type { Devices } from '../devices/registry.ts'
import type { Change, DeviceStore } from '../devices/store.ts'
import { newContext } from '../oscore/provision.ts'
import { callerOf, requireToken, tokenOnly } from './guard.ts'

const DAY_S = 86_400
/** More than the lists of any device. */
const MAX_BODY_BYTES = 512 * 1024
const Rotation = z.object({
  /** How long the old key goes on being accepted. */
  graceSeconds: z
    .int()
    .min(0)
    .max(30 * DAY_S)
    .default(DAY_S),
})
/** A device that sleeps in a depot for a year has to be reached before its context ends. */
const ContextRotation = z.object({
  graceSeconds: z
    .int()
    .min(0)
    .max(400 * DAY_S)
    .default(30 * DAY_S),
})
const Page = z.object({
  after: Identifier.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
})

type Options = {
  devices: Devices
  store: DeviceStore
  adminToken: string | undefined
  /** Without it there is no OSCORE, and no context is made. */
  seal: Seal | undefined
  log: Log
}

/**
 * What an operator can do to devices, for who shows `ADMIN_TOKEN`. A key, or a context's secret, is in the answer
 * that makes it and nowhere else; every action is logged.
 */
export function deviceRoutes({ devices, store, adminToken, seal, log }: Options): Hono {
  const app = new Hono<EdgeEnv>().basePath('/devices')
  httpEdge(app, { log, challenge: tokenOnly })
  app.use(requireToken(adminToken, 'ADMIN_TOKEN'))

  app.get('/', (c) => {
    const { after, limit } = valid(Page, c.req.query())
    const ids = [...devices.records.keys()].sort().filter((id) => after === undefined || id > after)
    const shown = ids.slice(0, limit)
    const next = ids.length > limit ? shown.at(-1) : undefined
    return c.json({ devices: shown.map((id) => shownOf(found(id))), ...(next && { next }) })
  })

  app.get('/:id', (c) => c.json(shownOf(found(c.req.param('id')))))

  app.post('/', async (c) => {
    const device = valid(NewDevice, await json(c))
    const { key, kept } = newKey()
    await act(c, 'create', device.id, create(device, kept), kept.id)
    return c.json({ ...shownOf(found(device.id)), key }, 201, { Location: `/devices/${device.id}` })
  })

  app.put('/:id/lists', async (c) => {
    const id = c.req.param('id')
    await act(c, 'set lists', id, setLists(id, valid(Lists, await json(c))))
    return c.json(shownOf(found(id)))
  })

  app.post('/:id/keys', async (c) => {
    const id = c.req.param('id')
    const { graceSeconds } = valid(Rotation, await json(c))
    const { key, kept } = newKey()
    await act(c, 'rotate key', id, rotate(id, kept, graceSeconds), kept.id)
    return c.json({ ...shownOf(found(id)), key }, 201)
  })

  app.delete('/:id/keys/:keyId', async (c) => {
    const { id, keyId } = c.req.param()
    await act(c, 'revoke key', id, revokeKey(id, keyId), keyId)
    return c.body(null, 204)
  })

  app.post('/:id/contexts', async (c) => {
    const id = c.req.param('id')
    const { graceSeconds } = valid(ContextRotation, await json(c))
    if (seal === undefined) throw new ProblemError('NOT_FOUND', 'Not enabled: SEAL_KEYS is not set.')
    const { given, kept } = newContext(seal, id)
    await act(c, 'add context', id, addContext(id, kept, graceSeconds), kept.id)
    return c.json({ ...shownOf(found(id)), context: given }, 201)
  })

  app.delete('/:id/contexts/:contextId', async (c) => {
    const { id, contextId } = c.req.param()
    await act(c, 'revoke context', id, revokeContext(id, contextId), contextId)
    return c.body(null, 204)
  })

  app.delete('/:id', async (c) => {
    const id = c.req.param('id')
    await act(c, 'remove', id, remove(id))
    return c.body(null, 204)
  })

  const mounted = new Hono()
  mounted.route('/', app)
  return mounted

  async function act(c: Context, action: string, device: string, change: Change, keyId?: string) {
    const by = callerOf(c)
    try {
      await store.update(device, change)
    } catch (err) {
      log.warn({ action, device, keyId, by, err }, 'a device was not changed')
      if (err instanceof ProblemError) throw err
      const detail = 'The registry cannot be written now.'
      throw new ProblemError('UPSTREAM_UNAVAILABLE', detail, { cause: err, retryAfterS: 1 })
    }
    log.info({ action, device, keyId, by }, 'a device was changed')
  }

  function found(id: string): DeviceRecord {
    const record = devices.records.get(id)
    if (record === undefined) throw new ProblemError('NOT_FOUND', `There is no device ${id}.`)
    return record
  }
}

/** Never a key nor its hash, nor what is sealed. */
const shownOf = ({ keys, contexts, ...device }: DeviceRecord) => ({
  ...device,
  keys: keys.map(named),
  ...(contexts && { contexts: contexts.map(named) }),
})

const named = ({ id, until }: { id: string; until?: string | undefined }) => ({ id, ...(until && { until }) })

/** No body counts as `{}`. */
async function json(c: Context): Promise<unknown> {
  const text = await readTextBody(c.req.raw, MAX_BODY_BYTES)
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new ProblemError('INVALID_REQUEST', 'The body is not JSON.')
  }
}

function valid<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new ProblemError('INVALID_REQUEST', z.prettifyError(parsed.error))
}
