import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { scaled } from '../soak.ts'
import { exchange, type FuzzedRequest, judge } from './fuzz-http.ts'

/** Inputs of a fuzz test: some in every run, 50,000 in a soak. */
export const FUZZ_RUNS = scaled(1_000, 50_000)
export const FUZZ_TIMEOUT_MS = scaled(60_000, 3_600_000)

/** Rarely an upstream that shares the machine with everything else is late: an input is at fault if it always is. */
const ATTEMPTS = 3

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const roots = [Object, Array, Function, String, Number, Promise, Map, Set, RegExp, Error, Buffer]
const fingerprint = () =>
  roots.map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join()).join('\n')

const heapMb = () => {
  gc()
  return process.memoryUsage().heapUsed / 1_048_576
}

/**
 * Runs a check on generated inputs. A failing one is in the message with its seed; it is not shrunk, since that
 * asks the same server thousands of times again.
 * @throws when an input fails, when the prototype of everything has changed, or when the heap has grown
 */
export async function fuzz<T>(
  inputs: fc.Arbitrary<T>,
  check: (input: T) => Promise<void>,
  { runs = FUZZ_RUNS, maxHeapGrowthMb = 24 } = {},
): Promise<void> {
  const before = fingerprint()
  // What is made once (compiled code, pools, caches) is made by the first inputs.
  await fc.assert(fc.asyncProperty(inputs, check), { numRuns: Math.min(runs, 500), endOnFailure: true })
  const heap = heapMb()
  await fc.assert(fc.asyncProperty(inputs, check), { numRuns: runs, endOnFailure: true })
  const growth = heapMb() - heap
  if (fingerprint() !== before) throw new Error('the prototype of a built-in class has changed')
  if (growth > maxHeapGrowthMb) throw new Error(`the heap has grown by ${growth.toFixed(1)} MB`)
  if (process.env.SOAK === 'true') process.stdout.write(`${runs} inputs, heap ${growth.toFixed(1)} MB more\n`)
}

/** Checks what is answered to a request; counts statuses. */
export function checkAnswers(port: () => number) {
  const statuses = new Map<number | 'none', number>()
  const count = (status: number | 'none') => statuses.set(status, (statuses.get(status) ?? 0) + 1)
  return {
    statuses,
    async check(request: FuzzedRequest): Promise<void> {
      let fault = ''
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const answer = await exchange(port(), request)
        if (answer === undefined) {
          if (!request.complete) return void count('none')
          // Node closes what it cannot read, or what asks for a tunnel, without a word.
          fault = 'no answer'
          continue
        }
        const judged = judge(answer)
        if (judged.fault === undefined) return void count(judged.status)
        fault = `${judged.fault}: ${answer.slice(0, 1_000)}`
      }
      throw new Error(`${fault}\nto: ${JSON.stringify(request.bytes.toString('latin1').slice(0, 1_500))}`)
    },
  }
}
