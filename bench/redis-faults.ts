import { hasRedis, RedisServer, startCluster, stopRedisServers } from '@harbor/shared-testing/redis-server'
import {
  type Fault,
  killed,
  masterLost,
  restarted,
  stopped,
  underFault,
} from '../shared-runtime/test/cache-faults.ts'

// What the cache costs while Redis is in trouble. RPS, BEFORE_MS and FAULT_MS set the load.
//   node bench/redis-faults.ts

const load = {
  rps: Number(process.env.RPS ?? 200),
  beforeMs: Number(process.env.BEFORE_MS ?? 5_000),
  faultMs: Number(process.env.FAULT_MS ?? 10_000),
}
const PROMISE = 'promise: 0 errors, p99 + 50 ms at most, back within 1,000 ms of its return'

async function run(name: string, open: () => Promise<{ url: string; fault: Fault }>): Promise<boolean> {
  const { url, fault } = await open()
  const { requests, errors, p99, backAfterMs } = await underFault(url, fault, load)
  stopRedisServers()
  const holds = errors === 0 && p99.during <= p99.before + 50 && backAfterMs <= 1_000
  const cells = [requests, errors, p99.before.toFixed(1), p99.during.toFixed(1), backAfterMs.toFixed(0)]
  console.log(`| ${name}: ${fault.name} | ${cells.join(' | ')} | ${holds ? 'holds' : 'BROKEN'} |`)
  return holds
}

const one = (fault: (server: RedisServer) => Fault) => async () => {
  const server = await RedisServer.start()
  return { url: server.url, fault: fault(server) }
}
const cluster = (how: 'crash' | 'freeze') => async () => {
  const six = await startCluster()
  return { url: six.url, fault: masterLost(six, how) }
}

if (hasRedis()) {
  console.log(`${load.rps} requests a second, every read past the memory; ${PROMISE}\n`)
  console.log('| Redis | requests | errors | p99 before, ms | p99 during, ms | back after, ms | |')
  console.log('|---|---|---|---|---|---|---|')
  const held = [
    await run('one', one(killed)),
    await run('one', one(stopped)),
    await run('one', one(restarted)),
    await run('cluster', cluster('crash')),
    await run('cluster', cluster('freeze')),
  ]
  process.exitCode = held.every(Boolean) ? 0 : 1
}
