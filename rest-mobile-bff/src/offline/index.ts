import type { ClientSet, DomainEvent, Following } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import type { Changed, ChangeLog, Position } from './change-log.ts'
import { positionOf, tokenOf } from './token.ts'

type Bundle = Catalogue & { readonly token: string }
type BuiltBundle = { bundle: Bundle; position: Position; builtAt: number }

/** Products and prices that an app must fetch again, and its next token. */
type ToFetch = { ids: string[]; skus: string[]; token: string; more: boolean }

export type Offline = ReturnType<typeof createOffline>

type Options = {
  clients: Pick<ClientSet, 'forRequest'>
  changes: ChangeLog
  log: Log
  /** Milliseconds for which a bundle is reused, however much has changed: the changes contain the rest. */
  rebuildAfterMs?: number
}

const MINUTE = 60_000
const BUILD_MS = 30_000
/** Changes per answer: as many as one call to the catalogue returns. */
const CHANGES = 100
/** Interval at which the position in the feed is stored when nothing of ours changes. */
const MARK_MS = 5_000

/** Data for apps that start offline: the whole catalogue, and later changes. */
export function createOffline({ clients, changes, log, rebuildAfterMs = MINUTE }: Options) {
  let kept: BuiltBundle | undefined
  let building: Promise<BuiltBundle> | undefined

  /** At most one build at a time, shared by concurrent requests. */
  function build(): Promise<BuiltBundle> {
    return (building ??= read().finally(() => {
      building = undefined
    }))
  }

  async function read(): Promise<BuiltBundle> {
    // Before the first page: changes during the build are then reported as changes.
    const position = await reach(changes.head())
    const context = createRequestContext({ budgetMs: BUILD_MS })
    try {
      const catalogue = await readCatalogue(clients.forRequest(context))
      return (kept = {
        bundle: { ...catalogue, token: tokenOf(position) },
        position,
        builtAt: performance.now(),
      })
    } finally {
      context.end()
    }
  }

  return {
    /**
     * The catalogue, with the token for later changes.
     * @throws {UpstreamError} when there is none yet and building it fails
     */
    async bundle(): Promise<Bundle> {
      // Without the log, the cached bundle is better than none.
      const head = await changes.head().catch(() => kept?.position)
      if (kept === undefined || kept.position.epoch !== head?.epoch) return (await build()).bundle
      if (kept.position.at !== head.at && performance.now() - kept.builtAt >= rebuildAfterMs)
        build().catch((error: unknown) => log.warn({ err: error }, 'offline bundle not rebuilt'))
      return kept.bundle
    },

    /**
     * What an app with this token has to fetch.
     * @throws {ProblemError} `START_OVER` for a token that is too old or of another epoch
     */
    async changesSince(token: string): Promise<ToFetch> {
      const from = positionOf(token)
      const found = from && (await reach(changes.since(from, CHANGES)))
      if (found === undefined)
        throw new ProblemError('START_OVER', 'Fetch /v1/offline-bundle, and continue with its token.')
      return {
        ids: keysOf('product', found.changed),
        skus: keysOf('price', found.changed),
        token: tokenOf(found.position),
        more: found.more,
      }
    },

    /** Writes the log event by event, without skipping. While it cannot be written, the feed waits. */
    following: following(changes),
  }
}

function following(changes: ChangeLog): Following {
  let markAt = 0
  return {
    name: 'changes',
    lastEvent: () => changes.lastEvent(),
    onGap: () => changes.startOver(),
    async apply(event) {
      const changed = changedBy(event)
      if (changed === undefined && performance.now() < markAt) return
      await changes.record(changed, event.id)
      markAt = performance.now() + MARK_MS
    },
    limits: { pending: 1, attempts: Number.POSITIVE_INFINITY },
  }
}

function changedBy({ type, key }: DomainEvent): Changed | undefined {
  if (type === 'product' || type === 'price') return `${type}:${key}`
}

const keysOf = (kind: 'product' | 'price', changed: readonly Changed[]): string[] =>
  changed.filter((thing) => thing.startsWith(`${kind}:`)).map((thing) => thing.slice(kind.length + 1))

/** The log may be in a Redis that is down. */
const reach = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((cause: unknown) => {
    throw new UpstreamError('changes', 'unavailable', 'the log of changes cannot be reached', { cause })
  })
