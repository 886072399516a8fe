import { Pool } from 'undici'

export type Load = { rps: number; p99: number }

/** Requests one path over this many keep-alive connections, one request at a time each, for this many milliseconds. */
export async function load(address: string, path: string, connections: number, ms: number): Promise<Load> {
  const pool = new Pool(address, { connections })
  const waits: number[] = []
  const begun = performance.now()
  const ask = async () => {
    while (performance.now() - begun < ms) {
      const sent = performance.now()
      const { statusCode, body } = await pool.request({ method: 'GET', path })
      await body.dump()
      if (statusCode !== 200) throw new Error(`${path}: status ${statusCode}`)
      waits.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: connections }, ask))
  const seconds = (performance.now() - begun) / 1_000
  await pool.close()
  waits.sort((a, b) => a - b)
  return { rps: waits.length / seconds, p99: waits[Math.floor(waits.length * 0.99)] ?? Number.NaN }
}
