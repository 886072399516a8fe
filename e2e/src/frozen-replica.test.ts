import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@harbor/shared-testing/free-port'
import { findTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, startProcess, upstreamAddresses } from './harness.ts'
import { type SharedCache, startNginx } from './proxies.ts'

const nginx = findTool('nginx')

describe.skipIf(!nginx)('two replicas of the mobile BFF behind the nginx configuration that we ship', () => {
  let services: Running
  let replicas: Running[]
  let proxy: SharedCache
  let env: Record<string, string>

  beforeAll(async () => {
    services = await startProcess('mock-services')
    const control = services.addresses.control ?? ''
    await fetch(`${control}/faults`, { method: 'DELETE' })
    const demo = await (await fetch(`${control}/demo`)).json()
    env = { ...upstreamAddresses(demo.services), EVENTS_URL: `${control}/events` }
    replicas = await Promise.all([startProcess('rest-mobile-bff', env), startProcess('rest-mobile-bff', env)])
    const bff = replicas.map(({ addresses }) => new URL(addresses.http ?? '').host)
    proxy = await startNginx(nginx ?? '', { port: await freePort(), bff })
  })
  afterAll(async () => {
    await proxy?.stop()
    for (const { pid } of replicas ?? []) process.kill(pid, 'SIGCONT')
    await Promise.all((replicas ?? []).map((replica) => replica.stop()))
    await services?.stop()
  })

  /** A read that the proxy passes on: a language that it has not got, so nothing is answered out of its cache. */
  async function read(): Promise<{ status: number; ms: number }> {
    const begun = performance.now()
    const answer = await fetch(`${proxy.address}/v1/products/p1001`, { headers: { 'accept-language': 'de' } })
    await answer.arrayBuffer()
    return { status: answer.status, ms: performance.now() - begun }
  }

  it('one that is frozen costs a few requests a wait, and none its answer', async () => {
    for (let n = 0; n < 10; n++) expect((await read()).status).toBe(200)
    process.kill(replicas[0]?.pid ?? 0, 'SIGSTOP')
    const reads: Promise<{ status: number; ms: number }>[] = []
    for (let n = 0; n < 200; n++) {
      reads.push(read())
      await pause(40)
    }
    const answers = await Promise.all(reads)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    // Of 8 s: those that came before it was left alone, and one or few at each new look. Half would be a hundred.
    expect(answers.filter(({ ms }) => ms > 1_500).length).toBeLessThan(60)
    process.kill(replicas[0]?.pid ?? 0, 'SIGCONT')
  })

  it('one that is restarted costs nothing', async () => {
    let restarting = true
    const statuses: number[] = []
    const reading = (async () => {
      while (restarting) {
        statuses.push((await read()).status)
        await pause(10)
      }
    })()
    const old = replicas[0]
    const port = new URL(old?.addresses.http ?? '').port
    await old?.stop()
    replicas[0] = await startProcess('rest-mobile-bff', { ...env, PORT: port })
    await pause(500)
    restarting = false
    await reading
    expect(statuses.length).toBeGreaterThan(20)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
  })
})
