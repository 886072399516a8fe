import { z } from 'zod'
import type { Cut, Face, Failure } from './cut.ts'
import { deviceCut } from './device.ts'
import { mobileCut } from './mobile.ts'
import { webCut } from './web.ts'

type Options = { web: string; mobile: string; coapPort: number; control: string }

const Demo = z.object({ productId: z.string(), sku: z.string(), device: z.object({ store: z.string() }) })
const Counts = z.record(z.string(), z.record(z.string(), z.int()))

/** Every warehouse of the mock services: the web face adds their stock up. */
const STORES = ['ber', 'ham', 'muc', 'par', 'tyo']

/** Asks each face for the same product, one after another, so that calls to the services belong to one of them. */
export function createCuts({ web, mobile, coapPort, control }: Options) {
  let last: Promise<unknown> = Promise.resolve()
  const demo = async () => Demo.parse(await (await fetch(`${control}/demo`)).json())

  async function upstreamCalls(): Promise<number> {
    const { identity: _, ...services } = Counts.parse(await (await fetch(`${control}/calls`)).json())
    return Object.values(services)
      .flatMap((paths) => Object.values(paths))
      .reduce((sum, count) => sum + count, 0)
  }

  async function measured(
    face: Face,
    cut: () => Promise<Omit<Cut, 'upstreamCalls'>>,
  ): Promise<Cut | Failure> {
    try {
      const before = await upstreamCalls()
      const found = await cut()
      return { ...found, upstreamCalls: (await upstreamCalls()) - before }
    } catch (error) {
      return { face, failed: error instanceof Error ? error.message : String(error) }
    }
  }

  async function measureAll(): Promise<(Cut | Failure)[]> {
    const { productId, sku } = await demo()
    return [
      await measured('web', () => webCut(web, productId)),
      await measured('mobile', () => mobileCut(mobile, productId)),
      await measured('device', () => deviceCut(coapPort, sku)),
    ]
  }

  return {
    /** The three cuts now. Two callers get theirs one after the other. */
    measure(): Promise<(Cut | Failure)[]> {
      const next = last.then(measureAll, measureAll)
      last = next.catch(() => {})
      return next
    },
    /** Sets the stock of the product in every warehouse. */
    async setStock(available: number): Promise<void> {
      const { sku } = await demo()
      for (const store of STORES) {
        const answer = await fetch(`${control}/stock/${store}/${sku}`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ available }),
        })
        if (!answer.ok) throw new Error(`stock of ${sku} in ${store}: ${answer.status}`)
      }
    },
  }
}
