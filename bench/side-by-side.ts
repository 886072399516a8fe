import { Pool } from 'undici'
import { median, quantile } from './figures.ts'
import type { RunningServer } from './running-server.ts'

/** What every server is asked. */
export type Question = {
  readonly path: string
  /** Taken in turn: more of them than connections, where equal requests at one time would share their work. */
  readonly headers: readonly Readonly<Record<string, string>>[]
  readonly status: number
}

type Round = { cpuUs: number; perSecond: number; p50: number; p99: number; rssMb: number }

/** Medians over the rounds; `spread` is the middle half of the CPU figures, as a share of their median. */
export type Figures = Round & { readonly name: string; readonly ratio: number; readonly spread: number }

type Options = { rounds: number; requests: number; warmUp: number; connections: number }

/**
 * Asks servers the same question in turn, so that whatever else runs on the machine falls on all of them.
 * @param servers the first is the floor: the others are told as ratios of its CPU, round by round
 * @throws {Error} when an answer differs from the floor's
 */
export async function sideBySide(
  servers: readonly RunningServer[],
  question: Question,
  { rounds, requests, warmUp, connections }: Options,
): Promise<Figures[]> {
  const pools = servers.map(({ address }) => new Pool(address, { connections }))
  const measured = servers.map((): Round[] => [])
  try {
    await requireEqual(servers, pools, question)
    for (const pool of pools) await ask(pool, question, warmUp, connections)
    for (let round = 0; round < rounds; round++)
      for (const [i, server] of servers.entries()) {
        const pool = pools[i]
        if (!pool) continue
        const before = server.cpuUs()
        const begun = performance.now()
        const waits = await ask(pool, question, requests, connections)
        const ms = performance.now() - begun
        measured[i]?.push({
          cpuUs: (server.cpuUs() - before) / requests,
          perSecond: (requests / ms) * 1_000,
          p50: median(waits),
          p99: quantile(waits, 0.99),
          rssMb: server.rssMb(),
        })
      }
  } finally {
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
  const floor = measured[0] ?? []
  return servers.map(({ name }, i) => {
    const own = measured[i] ?? []
    const of = (figure: keyof Round) => median(own.map((round) => round[figure]))
    const cpu = own.map(({ cpuUs }) => cpuUs)
    return {
      name,
      cpuUs: of('cpuUs'),
      ratio: median(own.map(({ cpuUs }, round) => cpuUs / (floor[round]?.cpuUs ?? Number.NaN))),
      spread: (quantile(cpu, 0.75) - quantile(cpu, 0.25)) / median(cpu),
      perSecond: of('perSecond'),
      p50: of('p50'),
      p99: of('p99'),
      rssMb: of('rssMb'),
    }
  })
}

/** Prints the figures as a Markdown table. */
export function printTable(title: string, figures: readonly Figures[]): void {
  console.log(`\n### ${title}\n`)
  console.log('| server | CPU µs a request | ratio | spread | requests/s | p50 ms | p99 ms | RSS MB |')
  console.log('|---|---|---|---|---|---|---|---|')
  for (const { name, cpuUs, ratio, spread, perSecond, p50, p99, rssMb } of figures)
    console.log(
      `| ${name} | ${cpuUs.toFixed(cpuUs < 100 ? 1 : 0)} | ${ratio.toFixed(2)} | ${(spread * 100).toFixed(0)} % | ${perSecond.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${rssMb.toFixed(0)} |`,
    )
}

/** So many requests over so many connections, one at a time each; returns how long each took, in milliseconds. */
async function ask(
  pool: Pool,
  { path, headers, status }: Question,
  requests: number,
  connections: number,
): Promise<number[]> {
  const waits: number[] = []
  let left = requests
  const lane = async () => {
    while (left-- > 0) {
      const sent = performance.now()
      const answer = await pool.request({
        method: 'GET',
        path,
        headers: headers[left % headers.length] ?? {},
      })
      await answer.body.dump()
      if (answer.statusCode !== status) throw new Error(`${path}: ${answer.statusCode} instead of ${status}`)
      waits.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  return waits
}

async function requireEqual(
  servers: readonly RunningServer[],
  pools: readonly Pool[],
  { path, headers }: Question,
): Promise<void> {
  const textOf = async (pool: Pool, turn: Readonly<Record<string, string>>) =>
    (await pool.request({ method: 'GET', path, headers: turn })).body.text()
  // The first answers pay for tokens and connections, and may be without an optional part.
  for (const pool of pools) for (const turn of headers) await textOf(pool, turn)
  for (const turn of headers) {
    const texts = await Promise.all(pools.map((pool) => textOf(pool, turn)))
    for (const [i, text] of texts.entries())
      if (text !== texts[0])
        throw new Error(`${servers[i]?.name} answers ${path} with ${text}, and not with ${texts[0]}`)
  }
}
