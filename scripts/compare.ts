/**
 * One product, three consumers, against a running demo: the outputs of the three examples side by side, and
 * how many calls to the domain services each cost. PORT_OFFSET as for the demo.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { BFFS } from '../bffs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const offset = Number(process.env.PORT_OFFSET ?? 0)
const control = `http://127.0.0.1:${4100 + offset}`

const [WEB, MOBILE, DEVICES] = BFFS
const CONSUMERS = [
  {
    title: 'web dashboard · GraphQL',
    script: 'web-dashboard/server-side/main.ts',
    args: ['--address', `http://127.0.0.1:${WEB.port + offset}`],
  },
  {
    title: 'mobile app · REST',
    script: 'mobile-app/src/main.ts',
    args: ['--address', `http://127.0.0.1:${MOBILE.port + offset}`],
  },
  {
    title: 'shelf label · CoAP, MQTT',
    script: 'shelf-label/src/main.ts',
    args: [
      '--coap',
      String(DEVICES.ports.COAP_PORT.port + offset),
      '--mqtt',
      `mqtt://127.0.0.1:${DEVICES.ports.MQTT_PORT.port + offset}`,
    ],
  },
]

const columns: string[][] = []
for (const { title, script, args } of CONSUMERS) {
  await fetch(`${control}/calls`, { method: 'DELETE' })
  const { stdout, stderr, status } = spawnSync(process.execPath, [`examples/${script}`, ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${script} failed; is "pnpm demo" running?\n${stderr}`)
  columns.push([
    title,
    '─'.repeat(title.length),
    ...stdout.trim().split('\n'),
    `${await upstreamCalls()} upstream calls`,
  ])
}

const widths = columns.map((lines) => Math.max(...lines.map((line) => line.length)))
const height = Math.max(...columns.map((lines) => lines.length))
for (let row = 0; row < height; row++)
  console.log(
    columns
      .map((lines, index) => (lines[row] ?? '').padEnd(widths[index] ?? 0))
      .join('   ')
      .trimEnd(),
  )

async function upstreamCalls(): Promise<number> {
  const { identity: _, ...services } = (await (await fetch(`${control}/calls`)).json()) as Record<
    string,
    Record<string, number>
  >
  return Object.values(services)
    .flatMap((paths) => Object.values(paths))
    .reduce((a, b) => a + b, 0)
}
