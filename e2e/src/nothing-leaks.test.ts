import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CANARY, CANARY_NUMBER, startCanaryProxy } from './canary-proxy.ts'
import { type Running, type System, startProcess, startSystem, upstreamAddresses } from './harness.ts'
import { operationHashes, persisted } from './web-client.ts'

const GRPC = ['inventory', 'pricing', 'identity']

let system: System
let mobile: Running
let web: Running
const proxies: { address: string; close(): void }[] = []

beforeAll(async () => {
  system = await startSystem()
  const addresses = { ...system.demo.services }
  for (const [service, address] of Object.entries(addresses)) {
    if (GRPC.includes(service)) continue
    const proxy = await startCanaryProxy(address)
    proxies.push(proxy)
    addresses[service as keyof typeof addresses] = proxy.address
  }
  mobile = await startProcess('rest-mobile-bff', upstreamAddresses(addresses))
  web = await startProcess('graphql-bff', upstreamAddresses(addresses))
})
afterAll(async () => {
  await Promise.all([mobile.stop(), web.stop()])
  for (const proxy of proxies) proxy.close()
  await system.stop()
})

/** Names and values that no consumer may see, whatever carries them. */
const leaks = (text: string): string[] =>
  [
    CANARY,
    String(CANARY_NUMBER),
    'somethingNew',
    'wholesaleCost',
    'margin',
    'supplierId',
    'reorderCost',
    'reorder_cost',
    'fraudScore',
    'internalSegmentTag',
  ].filter((secret) => text.includes(secret))

/** Something valid for each parameter that an operation may ask for. */
const example = (name: string): string => {
  const { productId, cartId } = system.demo
  const values: Record<string, string> = {
    id: productId,
    cartId,
    limit: '10',
    category: 'cat-01',
    cursor: '',
  }
  const value = values[name]
  if (value === undefined) throw new Error(`a new parameter "${name}": say here what is valid for it`)
  return value
}

describe('with canaries planted in every upstream answer', () => {
  it('no screen of the mobile API lets one out', async () => {
    const base = mobile.addresses.http
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as {
      paths: Record<string, { get: { parameters?: { name: string; in: string }[] } }>
    }
    const paths = Object.entries(document.paths)
    expect(paths.length).toBeGreaterThanOrEqual(4)
    for (const [path, { get }] of paths) {
      const query = new URLSearchParams()
      for (const { name, in: place } of get.parameters ?? [])
        if (place === 'query' && example(name)) query.set(name, example(name))
      const url = `${base}${path.replace(/\{(\w+)\}/g, (_, name) => example(name))}?${query}`
      const answer = await fetch(url, {
        headers: { authorization: `Bearer ${system.demo.mobileAccessToken}` },
      })
      const text = await answer.text()
      expect({ path, status: answer.status, leaks: leaks(text) }).toEqual({ path, status: 200, leaks: [] })
    }
  })

  it('no operation of the dashboard lets one out to a customer or to nobody', async () => {
    const target = { web: web.addresses.http ?? '' }
    const names = Object.keys(await operationHashes(target.web))
    expect(names).toContain('ProductPage')
    for (const name of names)
      for (const token of [undefined, system.demo.webAccessToken]) {
        const { text } = await persisted(target, name, webVariables(name), token)
        // A field that was refused is named, as null and in the error's path; its value is not there.
        const values = text.replaceAll(/"(wholesaleCost|margin|fraudScore)"(?!:[^n])/g, '""')
        expect({ name, leaks: leaks(values) }).toEqual({ name, leaks: [] })
      }
  })

  it('to the roles that may see them, the sensitive fields are let out: the canaries are real', async () => {
    const target = { web: web.addresses.http ?? '' }
    const product = await persisted(
      target,
      'StaffProduct',
      webVariables('StaffProduct'),
      system.demo.staffAccessToken,
    )
    expect(product.text).toContain(String(CANARY_NUMBER))
    const customer = await persisted(
      target,
      'StaffCustomer',
      webVariables('StaffCustomer'),
      system.demo.staffAccessToken,
    )
    expect(customer.text).toContain(String(CANARY_NUMBER))
    expect(product.text + customer.text).not.toContain(CANARY)
  })

  it('no problem that a consumer is shown holds one', async () => {
    const answers = await Promise.all(
      ['/v1/products/p999999', '/v1/products/x', '/nothing'].map(async (path) =>
        (await fetch(`${mobile.addresses.http}${path}`)).text(),
      ),
    )
    expect(answers.flatMap(leaks)).toEqual([])
  })
})

function webVariables(name: string): Record<string, unknown> {
  if (name === 'ProductList') return { ids: ['p1001', 'p1002'] }
  return { id: name === 'StaffCustomer' ? 'c1001' : system.demo.productId }
}
