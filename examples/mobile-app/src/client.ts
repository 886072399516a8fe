import type { MobileApi } from '@harbor/rest-mobile-bff'
import { hc } from 'hono/client'
import { type Account, nobody, whileOpen, withToken } from './account.ts'
import { withEtags } from './etags.ts'
import { createOutbox } from './outbox.ts'
import { withEvents } from './problem.ts'
import { type Patience, withRetries } from './retries.ts'
import { network, type OnEvent, type Send, type SendInit } from './send.ts'

/** Every path, parameter and answer, as the BFF's own types have them. */
export type Api = ReturnType<typeof hc<MobileApi>>

type Options = {
  address: string
  /** Whose token, stored answers and outbox these are; without one, nobody's, who sees public screens. */
  account?: Account
  locale?: string
  /** `harbor/1.2.0 (web)` */
  app?: string
  onEvent?: OnEvent
  patience?: Patience
  /** The network, or what a test has in its place. */
  send?: Send
}

export type MobileClient = ReturnType<typeof createMobileClient>

/**
 * The client of the mobile app. It runs in a browser, in Node and in whatever else has `fetch`.
 * @example
 * const { api } = createMobileClient({ address: 'http://127.0.0.1:4001' })
 * const answer = await api.v1.products[':id'].$get({ param: { id: 'p1001' } })
 * if (answer.ok) console.log((await answer.json()).name)
 */
export function createMobileClient({
  address,
  account = nobody(),
  locale = 'en',
  app,
  onEvent = () => {},
  patience,
  send = network(onEvent),
}: Options) {
  const online = () => !account.hasEnded && (patience?.online?.() ?? true)
  const retrying = withRetries(withToken(send, account), { ...patience, online })
  const layers = withEvents(whileOpen(withEtags(retrying, account.store), account), onEvent)
  const headers = { 'accept-language': locale, ...(app !== undefined && { 'app-version': app }) }
  const outbox = createOutbox({
    address,
    account,
    send: layers,
    headers: () => new Headers(headers),
    onEvent,
  })

  return {
    /** Reads, and writes that need their answer now. Calls of an account that has ended throw AccountEnded. */
    api: hc<MobileApi>(address, { fetch: asFetch(layers), headers }),
    outbox,
    /**
     * Queues a write: it is sent once, as soon as there is a network, after the writes before it.
     * @param call the write, as it would be made at once; here it is recorded instead of sent
     * @returns its key, by which `write-done` and `write-refused` name it
     * @throws when nobody is logged in, when there is no room to store it, or AccountEnded
     * @example
     * await client.later((api) => api.v1.cart.items.$post({ json: { sku, quantity: 1 } }))
     */
    async later(call: (api: Api) => Promise<unknown>): Promise<string> {
      const taken: { url: string; init: SendInit }[] = []
      await call(
        hc<MobileApi>(address, {
          fetch: asFetch(async (url, init) => {
            taken.push({ url, init })
            return new Response(null, { status: 202 })
          }),
        }),
      )
      const [first, ...others] = taken
      if (!first || others.length > 0 || first.init.method === 'GET')
        throw new TypeError(
          `given ${taken.length} requests${first ? `, ${first.init.method}` : ''}; allowed: one write`,
        )
      const { method, body } = first.init
      const path = first.url.slice(address.length)
      const key = await outbox.add({ method, path, ...(body !== undefined && { body }) })
      outbox.flush().catch(() => {}) // The write is stored: the next flush reports what is wrong.
      return key
    },
  }
}

/** A layer in the place of `fetch`; the API's bodies are JSON, which is text. */
const asFetch =
  (send: Send) =>
  (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', headers, body } = init
    const text = typeof body === 'string' ? { body } : {}
    return send(String(input), { method, headers: new Headers(headers), ...text })
  }
