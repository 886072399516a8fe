import { BFFS, type Bff } from '../bffs.ts'

type Ports = Record<
  'graphql' | 'mobile' | 'devices' | 'app' | 'console' | 'coap' | 'mqtt' | 'control',
  number
>

/** What mock-services tells a demo (docs/domain-services.md, "The control port"). */
type Demo = {
  customer: { username: string; password: string }
  staff: { username: string; password: string }
  mobileAccessToken: string
  device: { id: string; key: string; store: string }
  productId: string
  sku: string
  cartId: string
}

/** The page that the demo prints: where everything is, who can log in, what to copy into a second terminal. */
export async function demoTable(ports: Ports, offset: number): Promise<string> {
  const control = `http://localhost:${ports.control}`
  const demo = (await (await fetch(`${control}/demo`)).json()) as Demo
  const { device, sku } = demo
  const web = `http://localhost:${ports.graphql}`
  const { ProductPage } = (await (await fetch(`${web}/operations.json`)).json()) as Record<string, string>
  const variables = encodeURIComponent(JSON.stringify({ id: demo.productId }))
  const coap = ports.coap === 5683 ? 'localhost' : `localhost:${ports.coap}`

  return section('Where', [
    ...BFFS.map((bff) => whereOf(bff, offset)),
    ['mobile app', `http://localhost:${ports.app}/`, 'to install, and to open without a network'],
    [
      'console',
      `http://localhost:${ports.console}/`,
      'one product in three cuts; the control room: state, faults',
    ],
    ['services', control, 'faults, calls, stock, events'],
  ])
    .concat(
      section('Who', [
        ['customer', demo.customer.username, demo.customer.password],
        ['staff', demo.staff.username, demo.staff.password],
        ['device', device.id, `${device.key} (store ${device.store})`],
      ]),
      [
        'Try, in a second terminal',
        `  curl -H 'X-CSRF: 1' '${web}/graphql?documentId=sha256:${ProductPage}&variables=${variables}'`,
        `  TOKEN=${demo.mobileAccessToken}`,
        `  curl -i http://localhost:${ports.mobile}/v1/products/${demo.productId}`,
        `  curl -i -H "Authorization: Bearer $TOKEN" http://localhost:${ports.mobile}/v1/home`,
        `  curl -i -H "Authorization: Bearer $TOKEN" "http://localhost:${ports.mobile}/v2/checkout-summary?cartId=${demo.cartId}"`,
        `  curl -i -H 'k: ${device.key}' http://localhost:${ports.devices}/s/${sku}`,
        `  coap-client-notls -m get -s 60 coap://${coap}/s/${sku}`,
        `  mosquitto_sub -p ${ports.mqtt} -u ${device.id} -P ${device.key} -t 's/${device.store}/#' -v`,
        `  curl -X PUT -H 'content-type: application/json' -d '{"available": 0}' ${control}/stock/${device.store}/${sku}`,
        `  curl -X PUT -H 'content-type: application/json' -d '{"hang": true}' ${control}/faults/recommendations`,
        '',
      ],
    )
    .join('\n')
}

function whereOf({ consumer, port, ports, page }: Bff, offset: number): string[] {
  const others = Object.entries(ports).map(
    ([setting, { port }]) => `${setting.replace('_PORT', '').toLowerCase()}://localhost:${port + offset}`,
  )
  const address = [`http://localhost:${port + offset}${page.path}`, ...others].join('  ')
  return [consumer, address, page.about]
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return [title, ...lines.map((line) => `  ${line.trimEnd()}`), '']
}
