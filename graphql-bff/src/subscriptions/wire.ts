import { createHash } from 'node:crypto'

/**
 * A state as it is sent, encoded once for all readers. `tag` is made of its content: who has the tag has the state.
 */
export type Frame = { readonly tag: string; readonly bytes: Uint8Array }

const text = new TextEncoder()
const message = (...lines: string[]): Uint8Array => text.encode(`${lines.join('\n')}\n\n`)

/** A comment: nothing for the reader but a sign of life. */
export const HEARTBEAT = message(':')

/**
 * A result of a subscription.
 * @param place the last event that was applied before the state was read; without one it cannot be resumed from
 */
export function stateFrame(json: string, tag: string, place: string | undefined): Frame {
  const id = place === undefined ? [] : [`id: ${place}.${tag}`]
  return { tag, bytes: message(...id, 'event: next', `data: ${json}`) }
}

/** The last result, and the end: there is nothing to come back for. */
export const endFrames = (json: string): Uint8Array =>
  text.encode(`event: next\ndata: ${json}\n\nevent: complete\ndata:\n\n`)

/** When to come back after the end of the connection, in milliseconds. */
export const comeBack = (ms: number): Uint8Array => message(`retry: ${Math.round(ms)}`)

const TAG_BYTES = 12

export const tagOf = (content: string): string =>
  createHash('sha256').update(content).digest().subarray(0, TAG_BYTES).toString('base64url')

/** From where a reader goes on. */
export type Resumption = { readonly place: string; readonly tag: string }

const LAST_EVENT_ID = /^(\d{1,25}(?:-\d{1,25})?)\.([\w-]{16})$/

/** What a `Last-Event-ID` says; `undefined` for none, and for one that is not ours. */
export function resumptionOf(lastEventId: string | null): Resumption | undefined {
  const [, place, tag] = LAST_EVENT_ID.exec(lastEventId ?? '') ?? []
  return place === undefined || tag === undefined ? undefined : { place, tag }
}
