import { negotiateLocale } from '@harbor/shared-edge/negotiation/locale'
import type { Viewer } from '@harbor/shared-runtime/auth'
import type { Part } from '@harbor/shared-runtime/part'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { createSourceEventStream, type DocumentNode, type ExecutionResult } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import { createAudience } from './audience.ts'
import type { Hub } from './hub.ts'
import { LiveState } from './live-state.ts'
import { readState, type Selection, type StateOptions, withContext } from './read-state.ts'
import { Reader } from './reader.ts'
import { createSeats, type SubscriptionLimits } from './seats.ts'
import { watchSession } from './watch-session.ts'
import { comeBack, resumptionOf } from './wire.ts'

/** Who subscribes to what. */
type Subscriber = {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variableValues: Readonly<Record<string, unknown>> | undefined
  readonly headers: Headers
  readonly session: string | undefined
  /** Why there is no session. */
  readonly noViewer: ProblemError | undefined
  readonly address: string | undefined
}

export type Subscriptions = {
  /** The name of what is open, for `/readyz`, and the end of all of it. */
  readonly part: Part
  /**
   * Server-sent events: the present state, unless the reader has it, and each later one.
   * @throws {ProblemError} when there is no state to show, or too many streams are open
   * @throws the errors of the field that is subscribed to
   */
  open(subscriber: Subscriber): Promise<ReadableStream<Uint8Array>>
}

type Options = Omit<StateOptions, 'hub'> & { hub: Hub; limits?: SubscriptionLimits }

const LIMITS: SubscriptionLimits = { perSession: 30, perAddress: 1_000, perProcess: 10_000 }

/** What begins a state serves whoever subscribes: it does not end with the first who asked. */
const NEVER = new AbortController().signal
/** How often all readers are looked after. */
const ROUND_MS = 1_000
/** A replica that is behind the one that the reader comes from waits for the feed so long. */
const BEHIND_MS = 1_000
/** Readers of a process that stops come back within this time, not all at once. */
const COME_BACK_MS = { least: 250, most: 3_000 }

/** The subscriptions of this process. */
export function createSubscriptions({ limits = LIMITS, ...options }: Options): Subscriptions {
  const { schema, hub } = options
  const isPublic = createAudience(schema)
  const ids = new WeakMap<DocumentNode, number>()
  let documents = 0
  const states = new Map<string, Promise<LiveState>>()
  const readers = new Set<Reader>()
  const seats = createSeats(limits)
  let isDraining = false
  let rounds: NodeJS.Timeout | undefined

  const keyOf = ({ document, operationName, variableValues, acceptLanguage, session }: Selection): string => {
    const id = ids.get(document) ?? ++documents
    ids.set(document, id)
    return JSON.stringify([id, operationName, session, negotiateLocale(acceptLanguage), variableValues])
  }

  function stateOf(selection: Selection): Promise<LiveState> {
    const key = keyOf(selection)
    const known = states.get(key)
    if (known) return known
    const forget = () => {
      if (states.get(key) === begun) states.delete(key)
    }
    const begun: Promise<LiveState> = begin(selection, forget)
    states.set(key, begun)
    begun.catch(forget)
    return begun
  }

  /** A state that has not lost its last reader while it was waited for. */
  async function liveStateOf(selection: Selection): Promise<LiveState> {
    for (;;) {
      const state = await stateOf(selection)
      if (!state.isOver) return state
      await state.begun
    }
  }

  /** Listens for changes first, and only then reads: no change is missed in between. */
  async function begin(selection: Selection, forget: () => void): Promise<LiveState> {
    let viewer: Viewer | undefined
    const changes = await withContext(selection, options, NEVER, (contextValue) => {
      viewer = contextValue.viewer
      return createSourceEventStream({ schema, contextValue, ...selection })
    })
    if (!isAsyncIterable<unknown>(changes)) throw errorOf(changes)
    const state: LiveState = new LiveState({
      changes,
      read: (ending) => readState(selection, options, ending),
      place: hub.position,
      onEnd() {
        forget()
        unwatch()
      },
    })
    const unwatch =
      selection.session === undefined
        ? () => {}
        : watchSession(selection.session, viewer, options, () => state.readAgain())
    return state
  }

  function enter(reader: Reader): void {
    readers.add(reader)
    rounds ??= setInterval(() => {
      const now = performance.now()
      for (const one of readers) one.beat(now)
    }, ROUND_MS).unref()
  }

  function drain(): void {
    isDraining = true
    for (const reader of [...readers]) {
      const ms = COME_BACK_MS.least + Math.random() * (COME_BACK_MS.most - COME_BACK_MS.least)
      reader.end(comeBack(ms))
    }
    clearInterval(rounds)
  }

  return {
    part: {
      name: 'subscriptions',
      start: async () => undefined,
      stop: async () => drain(),
      details: () => ({ readers: seats.taken, states: states.size, topics: hub.watched }),
    },
    async open({ document, operationName, variableValues, headers, session, noViewer, address }) {
      if (isDraining) throw new ProblemError('OVERLOADED', 'This process is stopping.', { retryAfterS: 1 })
      const leaveSeat = seats.take({ session, address })
      try {
        const resumption = resumptionOf(headers.get('last-event-id'))
        if (resumption) await hub.reached(resumption.place, BEHIND_MS)
        const isShared = isPublic(document)
        // Who it is cannot be known now, which is not "nobody".
        if (!isShared && noViewer?.retryable) throw noViewer
        const state = await liveStateOf({
          document,
          operationName,
          variableValues,
          acceptLanguage: headers.get('accept-language'),
          session: isShared ? undefined : session,
        })
        const reader: Reader = new Reader(resumption?.tag, () => {
          readers.delete(reader)
          state.leave(reader)
          leaveSeat()
        })
        state.join(reader)
        enter(reader)
        try {
          await state.begun
        } catch (error) {
          reader.end(new Uint8Array())
          throw error
        }
        return reader.stream
      } catch (error) {
        leaveSeat()
        throw error
      }
    },
  }
}

/** The first error of a field that does not begin. */
function errorOf({ errors }: ExecutionResult): unknown {
  return errors?.[0]?.originalError ?? errors?.[0] ?? new ProblemError('INTERNAL')
}
