import type { InferResponseType } from 'hono/client'
import { get, set } from 'idb-keyval'
import type { Api } from '../client.ts'

type Bundle = InferResponseType<Api['v1']['offline-bundle']['$get'], 200>
export type CatalogueProduct = Bundle['products'][number]
export type Catalogue = ReturnType<typeof openCatalogue>

/** The number goes up when the stored form changes. */
const KEY = 'catalogue 1'
const MOST_FOUND = 40

/**
 * The whole catalogue on the phone, public: a bundle once, then the changes since (docs/offline.md).
 * @param api of a client without an account and without a store: this module stores what it reads
 */
export function openCatalogue(api: Api) {
  let products = new Map<string, CatalogueProduct>()
  let syncing: Promise<void> | undefined

  async function keep(bundle: Bundle): Promise<void> {
    products = new Map(bundle.products.map((product) => [product.id, product]))
    await set(KEY, bundle)
  }

  async function loadWhole(): Promise<void> {
    const answer = await api.v1['offline-bundle'].$get()
    if (answer.ok) await keep(await answer.json())
  }

  async function catchUp(): Promise<void> {
    let bundle = await get<Bundle>(KEY)
    if (!bundle) return loadWhole()
    products = new Map(bundle.products.map((product) => [product.id, product]))
    for (let more = true; more; ) {
      const answer = await api.v1.changes.$get({ query: { since: bundle.token } })
      if (answer.status === 410) return loadWhole()
      if (!answer.ok) return
      const changes = await answer.json()
      for (const product of changes.products) products.set(product.id, product)
      for (const id of changes.removed) products.delete(id)
      bundle = { ...bundle, products: [...products.values()], token: changes.token }
      await keep(bundle)
      more = changes.more
    }
  }

  const sync = (): Promise<void> =>
    (syncing ??= catchUp()
      // Without a network the stored catalogue is used.
      .catch(() => {})
      .finally(() => (syncing = undefined)))

  /** The stored catalogue; waits for the first bundle when none is stored. */
  async function loaded(): Promise<Map<string, CatalogueProduct>> {
    if (products.size === 0) {
      const kept = await get<Bundle>(KEY)
      if (kept) products = new Map(kept.products.map((product) => [product.id, product]))
      else await sync()
    }
    return products
  }

  return {
    /** To be called at the start and whenever there is a network again; never rejects. */
    sync,
    byId: async (id: string) => (await loaded()).get(id),
    bySku: async (sku: string) => [...(await loaded()).values()].find((product) => product.sku === sku),
    /** Products whose name has every word; those that begin with the first word come first. */
    async find(text: string): Promise<CatalogueProduct[]> {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean)
      const found = [...(await loaded()).values()].filter(({ name }) =>
        words.every((word) => name.toLowerCase().includes(word)),
      )
      const starts = ({ name }: CatalogueProduct) => name.toLowerCase().startsWith(words[0] ?? '')
      return found.sort((a, b) => Number(starts(b)) - Number(starts(a))).slice(0, MOST_FOUND)
    },
  }
}

/** An amount of the catalogue, formatted here: the catalogue is the same in every language. */
export function moneyIn(locale: string, { amount, currency }: { amount: number; currency: string }): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
