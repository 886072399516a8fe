import type { ClientSet, DomainEvent, Following } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import type { Changed, ChangeLog, Position } from './change-log.ts'
import { positionOf, tokenOf } from './token.ts'

type Bundle = Catalogue & { readonly token: string }
type Kept = { bundle: Bundle; position: Position; builtAt: number }

/** Which products and prices an app has to have anew, and from where it goes on then. */
type ToFetch = { ids: string[]; skus: string[]; token: string; more: boolean }

export type Offline = ReturnType<typeof createOffline>

type Options = {
  clients: Pick<ClientSet, 'forRequest'>
  changes: ChangeLog
  log: Log
  /** Milliseconds for which a bundle is good enough, however much has changed: the changes tell the rest. */
  rebuildAfterMs?: number
}

const MINUTE = 60_000
const BUILD_MS = 30_000
/** Changes that are told at once: what one call to the catalogue answers. */
const CHANGES = 100
/** How often the place in the feed is written down when nothing of ours happens. */
const MARK_MS = 5_000

/** What apps need to open without a network: the whole catalogue, and what has changed since. */
export function createOffline({ clients, changes, log, rebuildAfterMs = MINUTE }: Options) {
  let kept: Kept | undefined
  let building: Promise<Kept> | undefined

  /** At most one at a time, for whoever asks meanwhile. */
  function build(): Promise<Kept> {
    return (building ??= read().finally(() => {
      building = undefined
    }))
  }

  async function read(): Promise<Kept> {
    // Before the first page: whatever changes while it is read is told as a change.
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
     * The catalogue, with the token from which changes go on.
     * @throws {UpstreamError} when there is none yet and none can be made
     */
    async bundle(): Promise<Bundle> {
      // Without the log the kept bundle is better than none.
      const head = await changes.head().catch(() => kept?.position)
      if (kept === undefined || kept.position.epoch !== head?.epoch) return (await build()).bundle
      if (kept.position.at !== head.at && performance.now() - kept.builtAt >= rebuildAfterMs)
        build().catch((error: unknown) => log.warn({ err: error }, 'the offline bundle is not rebuilt'))
      return kept.bundle
    },

    /**
     * What an app with this token has to fetch.
     * @throws {ProblemError} `START_OVER` for a token that is too old, or of another history
     */
    async changesSince(token: string): Promise<ToFetch> {
      const from = positionOf(token)
      const found = from && (await reach(changes.since(from, CHANGES)))
      if (found === undefined)
        throw new ProblemError('START_OVER', 'Fetch /v1/offline-bundle, and go on from its token.')
      return {
        ids: keysOf('product', found.changed),
        skus: keysOf('price', found.changed),
        token: tokenOf(found.position),
        more: found.more,
      }
    },

    /** How the log is written: event by event, none skipped. While it cannot be written, the feed waits. */
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

/** The log may be in Redis, and Redis away. */
const reach = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((cause: unknown) => {
    throw new UpstreamError('changes', 'unavailable', 'the log of changes cannot be reached', { cause })
  })
