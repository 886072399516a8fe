import type { MobileApi } from '@harbor/rest-mobile-bff'
import { hc } from 'hono/client'
import { withEtags } from './etags.ts'
import { createOutbox } from './outbox.ts'
import { withEvents } from './problem.ts'
import { type Patience, withRetries } from './retries.ts'
import { network, type OnEvent, type Send, type SendInit } from './send.ts'
import { memoryStore, type Store } from './store.ts'

/** Every path, parameter and answer, as the BFF's own types have them. */
export type Api = ReturnType<typeof hc<MobileApi>>

type Options = {
  address: string
  /** The access token of the moment; none before log-in. */
  token?: () => Promise<string | undefined>
  locale?: string
  /** `harbor/1.2.0 (web)` */
  app?: string
  /** Outlives the app for who wants to be offline; of one user only. */
  store?: Store
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
  token = async () => undefined,
  locale = 'en',
  app,
  store = memoryStore(),
  onEvent = () => {},
  patience,
  send = network(onEvent),
}: Options) {
  const layers = withEvents(withEtags(withRetries(send, patience), store), onEvent)

  async function headers(): Promise<Record<string, string>> {
    const bearer = await token()
    return {
      'accept-language': locale,
      ...(app !== undefined && { 'app-version': app }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    }
  }

  const outbox = createOutbox({
    address,
    store,
    send: layers,
    headers: async () => new Headers(await headers()),
    onEvent,
  })

  return {
    /** Reads, and writes that are to be answered now. */
    api: hc<MobileApi>(address, { fetch: asFetch(layers), headers }),
    outbox,
    /**
     * Makes a write that is sent as soon as there is a network, once, after those before it.
     * @param call the write, as it would be made at once; it is taken down and not sent
     * @returns its key, by which `write-done` and `write-refused` name it
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
      void outbox.flush()
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
