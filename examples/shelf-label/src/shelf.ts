/** A shelf of labels that draws itself: it sleeps and polls, or observes. Ctrl-C ends it. */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Answer, openCoap } from './coap.ts'
import { drawShelf } from './draw.ts'
import { runLabels } from './labels.ts'
import { securityFromFile } from './oscore-file.ts'
import { radioSeconds } from './radio.ts'

const DEMO_SKUS = Array.from({ length: 20 }, (_, index) => `HB-${1001 + index}`).join()
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '5683' },
    /** The SKUs of the device's list, in its order. */
    skus: { type: 'string', default: DEMO_SKUS },
    observe: { type: 'boolean', default: false },
    /** A file with the answer of `POST /devices/{id}/contexts`. */
    oscore: { type: 'string' },
    /** Looks, and then ends. */
    times: { type: 'string', default: 'Infinity' },
    /** Seconds between two looks; without it as long as the answer holds. */
    every: { type: 'string' },
    /** So many labels at once, without a picture. */
    count: { type: 'string' },
  },
})
const where = { host: values.host, port: Number(values.port) }
const skus = values.skus.split(',')
const security = values.oscore ? await securityFromFile(values.oscore) : undefined

const spent = { up: 0, down: 0, packets: 0, roundTrips: 0 }
let etag: Buffer | undefined
let bits: Buffer | undefined
let validUntil = 0

if (values.count) await runLabels({ ...where, count: Number(values.count), skus })
else await run()

async function run() {
  const coap = await openCoap({ ...where, security })
  for (let look = 0; look < Number(values.times); look++) {
    const waitS = await lookOnce(coap)
    if (look + 1 < Number(values.times)) await setTimeout(1000 * Number(values.every ?? waitS))
  }
  coap.close()
}

/** @returns the seconds until the next look. A label never stops because of an answer that did not come. */
async function lookOnce(coap: Awaited<ReturnType<typeof openCoap>>): Promise<number> {
  try {
    const answer = await coap.get('/b', { etag, ...(values.observe && { observe: show }) })
    show(answer)
    return answer.maxAgeS
  } catch (error) {
    console.error(`no answer: ${error instanceof Error ? error.message : error}`)
    draw()
    return 30
  }
}

function show({ code, payload, maxAgeS, up, down, datagrams, etag: tag }: Answer) {
  spent.up += up
  spent.down += down
  spent.packets += datagrams
  spent.roundTrips += up > 0 ? 1 : 0
  if (code === '2.05') bits = payload
  if (code === '2.05' || code === '2.03') {
    etag = tag ?? etag
    validUntil = performance.now() + maxAgeS * 1000
  } else console.error(`answered ${code}: again in ${maxAgeS} s`)
  draw()
}

function draw() {
  const known = bits !== undefined && performance.now() < validUntil
  const facings = skus.map((sku, index) => ({ sku, inStock: known ? isSet(index) : undefined }))
  const bytes = spent.up + spent.down
  const seconds = radioSeconds({ bytes, ...spent })
  const how = `${security ? 'OSCORE' : 'CoAP'}, ${values.observe ? 'observed' : 'asked'}`
  const title = `list ${bits?.[0] ?? '?'} · ${how} · ${bytes} bytes, ${seconds.toFixed(2)} s of radio so far`
  if (process.stdout.isTTY) process.stdout.write('\x1b[2J\x1b[H')
  console.log(drawShelf(title, facings))
}

/** Byte 0 is the list's version; then a bit a SKU, most significant first. */
function isSet(index: number): boolean {
  return (((bits?.[1 + (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1) === 1
}
