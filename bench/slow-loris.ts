import { fork } from 'node:child_process'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { httpPart } from '../shared-runtime/src/http/http-server.ts'
import { count, median, percent, report } from './figures.ts'
import { load } from './load.ts'

// What 900 connections that drip heads and bodies do to everybody else, and how long they live.
// SOCKETS, ROUNDS and PHASE_MS set how much. By hand: pnpm bench slow-loris

const SOCKETS = count('SOCKETS', 900)
const ROUNDS = count('ROUNDS', 5)
const PHASE_MS = count('PHASE_MS', 3_000)
const DRIP_MS = 500
const HEADS = 'GET / HTTP/1.1\r\nhost: a\r\n'
const BODIES = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n'

/** Opens connections that drip, each again when it is closed; half of them heads, half bodies. */
function attack(port: number) {
  const lives: number[] = []
  const sockets = new Set<net.Socket>()
  let ended = false
  const open = (i: number) => {
    if (ended) return
    const begun = performance.now()
    const socket = net.connect(port, '127.0.0.1').on('error', () => {})
    sockets.add(socket)
    socket.resume().write(i % 2 === 0 ? HEADS : BODIES)
    const drip = setInterval(() => socket.writable && socket.write(i % 2 === 0 ? 'x: y\r\n' : 'x'), DRIP_MS)
    socket.once('close', () => {
      clearInterval(drip)
      sockets.delete(socket)
      if (!ended) lives.push(performance.now() - begun)
      open(i)
    })
  }
  for (let i = 0; i < SOCKETS; i++) open(i)
  return {
    lives,
    end() {
      ended = true
      for (const socket of sockets) socket.destroy()
    },
  }
}

if (process.send !== undefined && process.env.SLOW_LORIS === 'server') {
  const part = httpPart({
    name: 'http',
    host: '127.0.0.1',
    port: 0,
    portSetting: 'PORT',
    // As much work as a small screen.
    listener(request, response) {
      let sum = 0
      for (let i = 0; i < 100_000; i++) sum += i
      request.resume().once('end', () => response.end(`${sum}`))
    },
  })
  process.once('disconnect', () => process.exit())
  process.send(await part.start())
} else if (process.send !== undefined && process.env.SLOW_LORIS !== undefined) {
  const attackers = attack(Number(process.env.SLOW_LORIS))
  process.once('message', () => {
    process.send?.(attackers.lives)
    attackers.end()
  })
  process.once('disconnect', () => process.exit())
} else {
  const start = (role: string) =>
    fork(fileURLToPath(import.meta.url), [], { env: { ...process.env, SLOW_LORIS: role } })
  const server = start('server')
  const address = await new Promise<string>((resolve) =>
    server.once('message', (text) => resolve(String(text))),
  )
  await load(address, '/', 4, PHASE_MS)
  const alone: number[] = []
  const beside: number[] = []
  const lives: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    alone.push((await load(address, '/', 4, PHASE_MS)).p99)
    const attackers = start(new URL(address).port)
    await sleep(1_500)
    beside.push((await load(address, '/', 4, PHASE_MS)).p99)
    await sleep(10_000) // so that all of them have lived their life
    const told = new Promise<number[]>((resolve) =>
      attackers.once('message', (all) => resolve(all as number[])),
    )
    attackers.send('lives?')
    lives.push(...(await told))
    attackers.kill()
    await sleep(500)
  }
  server.kill()
  const share = median(beside) / median(alone) - 1
  const longest = Math.max(...lives)
  report([
    {
      figure: `${lives.length} dripping connections, the longest lived ${(longest / 1_000).toFixed(1)} s`,
      promise: '10 s at most',
      holds: longest <= 10_000 && lives.length >= SOCKETS * ROUNDS,
    },
    {
      figure: `p99 of others ${median(alone).toFixed(2)} ms alone, ${median(beside).toFixed(2)} ms beside ${SOCKETS} of them, ${percent(share)} more`,
      promise: 'within 20 %',
      holds: share <= 0.2,
    },
  ])
}
