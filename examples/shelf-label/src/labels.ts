import { setTimeout } from 'node:timers/promises'
import { type Answer, openCoap } from './coap.ts'

type Options = { host: string; port: number; count: number; skus: readonly string[] }

/** Labels that start within so many milliseconds each, as they would after a power cut. */
const APART_MS = 2

/**
 * Many labels at once, for load: each asks for its flag, and again with the ETag it got. On this machine each has an
 * address of its own, so the limits see labels and not one shop.
 */
export async function runLabels({ host, port, count, skus }: Options): Promise<void> {
  const started = performance.now()
  const outcomes = new Map<string, number>()
  const tell = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  const times: number[] = []
  let bytes = 0
  const label = async (n: number) => {
    await setTimeout(n * APART_MS)
    try {
      const coap = await openCoap({
        host,
        port,
        localAddress: host.startsWith('127.') ? addressOf(n) : undefined,
      })
      const path = `/s/${skus[n % skus.length]}`
      const first = await coap.get(path)
      for (const answer of [first, await coap.get(path, { etag: first.etag })]) note(answer)
      coap.close()
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error))
    }
  }
  const note = ({ code, up, down, ms }: Answer) => {
    tell(code)
    times.push(ms)
    bytes += up + down
  }
  await Promise.all(Array.from({ length: count }, (_, n) => label(n)))
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1)
  console.log(`${count} labels in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  for (const [outcome, times] of outcomes) console.log(`${outcome}  ${times} times`)
  console.log(`${(bytes / count).toFixed(1)} bytes a label · p50 ${at(0.5)} ms · p99 ${at(0.99)} ms`)
}

/** 127.1.0.1 and on: every address of 127.0.0.0/8 is this machine. */
const addressOf = (n: number): string => `127.${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255 || 255}`
