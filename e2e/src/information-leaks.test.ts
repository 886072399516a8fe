import { randomUUID } from 'node:crypto'
import { APP, codeFor, redeeming } from '@harbor/mock-services/test/log-in'
import { SCOPES } from '@harbor/shared-runtime/auth'
import { createBrowser } from '@harbor/shared-testing/browser'
import { createProofKey } from '@harbor/shared-testing/issuer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CANARY,
  CANARY_EMAIL,
  CANARY_NUMBER,
  CANARY_PHONE,
  type CanaryProxy,
  startCanaryProxy,
} from './canary-proxy.ts'
import {
  publicUrl,
  type Running,
  type System,
  startProcess,
  startSystem,
  upstreamAddresses,
} from './harness.ts'
import { type Operation, operationsOf, requestOf } from './object-ownership.ts'
import { CSRF, logInTo, operationHashes, persisted } from './web-client.ts'

const GRPC = ['inventory', 'pricing', 'identity']

let system: System
let mobile: Running
let web: Running
let devices: Running
const proxies: CanaryProxy[] = []

beforeAll(async () => {
  system = await startSystem()
  const addresses = { ...system.demo.services }
  for (const [service, address] of Object.entries(addresses)) {
    if (GRPC.includes(service)) continue
    const proxy = await startCanaryProxy(address)
    proxies.push(proxy)
    addresses[service as keyof typeof addresses] = proxy.address
  }
  const settings = { ...upstreamAddresses(addresses), LOG_LEVEL: 'debug' }
  mobile = await startProcess('rest-mobile-bff', settings)
  web = await startProcess('graphql-bff', settings)
  const plain = { COAP_PORT: '0', MQTT_PORT: '0', COAP_PLAIN_DEVICE: system.demo.device.id }
  devices = await startProcess('iot-bff', { ...settings, ...plain })
})
afterAll(async () => {
  await Promise.all([mobile.stop(), web.stop(), devices.stop()])
  for (const proxy of proxies) proxy.close()
  await system.stop()
})

/** Names and values that no consumer may see, in any form. */
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

const base = () => mobile.addresses.http ?? ''
const isWrite = ({ method }: Operation) => method !== 'GET' && method !== 'HEAD'

/** Asks for an operation of the mobile API as the demo's customer, unless told as who. */
async function ask(operation: Operation, headers: Record<string, string> = {}) {
  const { path, init } = requestOf(operation, {
    'path.id': operation.path.includes('orders') ? system.demo.orderId : system.demo.productId,
    'body.sku': system.demo.sku,
    'query.since': 'MS4w',
  })
  const answer = await fetch(base() + path, {
    ...init,
    headers: {
      authorization: `Bearer ${system.demo.mobileAccessToken}`,
      ...(isWrite(operation) && { 'idempotency-key': randomUUID() }),
      ...(init.body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('with canaries planted in every upstream answer', () => {
  it('no screen and no action of the mobile API lets one out', async () => {
    const operations = await operationsOf(base())
    expect(operations.filter(({ method }) => method === 'GET').length).toBeGreaterThanOrEqual(13)
    expect(operations.filter(isWrite).length).toBeGreaterThanOrEqual(5)
    for (const operation of operations) {
      const { status, text } = await ask(operation)
      const where = `${operation.method} ${operation.path}`
      // A feed that has only begun may not have a copy for apps that are off the network yet, nor know a token.
      const done = status < 300 || operation.path === '/v1/changes' || operation.path === '/v1/offline-bundle'
      expect({ where, status, done, leaks: leaks(text) }).toEqual({ where, status, done: true, leaks: [] })
    }
  })

  it('no operation of the dashboard lets one out to a customer or to nobody', async () => {
    const target = { web: publicUrl(web) }
    const names = Object.keys(await operationHashes(target.web))
    expect(names).toContain('ProductPage')
    const customer = await logInTo(target, system.demo.customer)
    for (const name of names)
      for (const cookie of [undefined, customer]) {
        const { text } = await persisted(target, name, webVariables(name), cookie)
        // A field that was refused is named, as null and in the error's path; its value is not there.
        const values = text.replaceAll(/"(wholesaleCost|margin|fraudScore)"(?!:[^n])/g, '""')
        expect({ name, leaks: leaks(values) }).toEqual({ name, leaks: [] })
      }
  })

  it('to the roles that may see them, the sensitive fields are let out: the canaries are real', async () => {
    const target = { web: publicUrl(web) }
    const staff = await logInTo(target, system.demo.staff)
    const product = await persisted(target, 'StaffProduct', webVariables('StaffProduct'), staff)
    expect(product.text).toContain(String(CANARY_NUMBER))
    const customer = await persisted(target, 'StaffCustomer', webVariables('StaffCustomer'), staff)
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

/** A phone that has logged in with a key: its token, and a proof that was used. */
async function boundSession() {
  const phone = await createProofKey()
  const { identity } = system.demo.services
  const scope = ['openid', ...SCOPES].join(' ')
  const code = await codeFor(createBrowser(), identity, { ...APP, scope }, 'ada@harbor.example')
  const answer = await fetch(`${identity}/token`, {
    method: 'POST',
    headers: { DPoP: await phone.prove({ method: 'POST', url: `${identity}/token` }) },
    body: new URLSearchParams({ ...redeeming(code, APP), client_id: 'mobile-app' }),
  })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const url = `${mobile.addresses.http}/v1/home`
  const proof = await phone.prove({ url, token })
  const home = await fetch(url, { headers: { authorization: `DPoP ${token}`, dpop: proof } })
  expect(home.status).not.toBe(401)
  return { token, proof, answer: await home.text() }
}

/** Every private value that consumers send, sent to every BFF, in its proper place and misplaced. */
async function sendSecrets() {
  const bound = await boundSession()
  const session = await logInTo({ web: publicUrl(web) }, system.demo.customer)
  const word = (kind: string) => `canary-${kind}-${randomUUID()}`
  const forged = (await createProofKey()).prove({ url: 'http://x.test/', token: 'x' })
  const secrets = {
    'access token': system.demo.mobileAccessToken,
    'bound access token': bound.token,
    'proof of its key': bound.proof,
    'access token of the dashboard': system.demo.webAccessToken,
    'access token of the staff': system.demo.staffAccessToken,
    'forged token': await forged,
    'device key': system.demo.device.key,
    'key of no device': word('device'),
    'session cookie': session.split('=')[1] ?? '',
    'session cookie of nobody': word('session'),
    'idempotency key': word('idempotency'),
    'API key': word('api'),
    'password in Basic': word('basic'),
    'password in the query': word('password'),
    'token in the query': word('token'),
    'e-mail address in the query': `${word('email')}@harbor.example`,
    'phone number in a header': '+49 30 1112223',
    'words of a search': word('search'),
    'word where an id belongs': word('id'),
  }
  const query = new URLSearchParams({
    password: secrets['password in the query'],
    access_token: secrets['token in the query'],
    email: secrets['e-mail address in the query'],
    q: secrets['words of a search'],
  })
  const headers = {
    cookie: `${session}; __Host-Http-session=${secrets['session cookie of nobody']}`,
    'idempotency-key': secrets['idempotency key'],
    'x-api-key': secrets['API key'],
    'x-phone': secrets['phone number in a header'],
    dpop: secrets['proof of its key'],
  }
  const basic = `Basic ${btoa(`ada:${secrets['password in Basic']}`)}`
  const credentials = [
    `Bearer ${secrets['access token']}`,
    `Bearer ${secrets['bound access token']}`,
    `DPoP ${secrets['bound access token']}`,
    `Bearer ${secrets['access token of the dashboard']}`,
    `Bearer ${secrets['access token of the staff']}`,
    `Bearer ${secrets['forged token']}`,
    basic,
  ]
  const { productId, cartId, sku } = system.demo
  const id = secrets['word where an id belongs']
  const urls = [
    ...[
      '/v1/home',
      `/v1/products/${productId}`,
      `/v1/products/${id}`,
      `/v2/checkout-summary?cartId=${cartId}`,
    ],
    ...['/v1/products?limit=Bearer%20x', `/v1/products?category=${id}`, `/${id}`],
  ].map((path) => `${mobile.addresses.http}${path}${path.includes('?') ? '&' : '?'}${query}`)
  urls.push(`${web.addresses.http}/graphql?${query}`, `${web.addresses.http}/${id}?${query}`)
  const answers: string[] = [bound.answer]
  const send = async (url: string, init: RequestInit) => {
    const answer = await fetch(url, init)
    answers.push(`${[...answer.headers].join('\n')}\n${await answer.text()}`)
  }
  for (const url of urls)
    for (const authorization of credentials) await send(url, { headers: { ...headers, authorization } })
  for (const operation of await operationsOf(base()))
    for (const authorization of credentials.slice(0, 3)) {
      const answer = await ask(operation, { ...headers, authorization })
      answers.push(`${[...answer.headers].join('\n')}\n${answer.text}`)
    }
  for (const path of [
    '/session',
    '/graphql',
    '/auth/login',
    `/auth/callback?code=${secrets['token in the query']}`,
  ])
    await send(`${web.addresses.http}${path}`, { headers: { ...headers, ...CSRF }, redirect: 'manual' })
  const body = JSON.stringify({
    query: `{ me(token: "${secrets['token in the query']}") }`,
    variables: secrets,
  })
  for (const authorization of credentials)
    await send(`${web.addresses.http}/graphql`, {
      method: 'POST',
      headers: { ...headers, authorization, 'content-type': 'application/json' },
      body,
    })
  for (const k of [secrets['device key'], secrets['key of no device']])
    for (const path of [`/s/${sku}`, `/b/${id}`, `/s/${sku}?${query}`])
      await send(`${devices.addresses.http}${path}`, { headers: { ...headers, k, authorization: basic } })
  return { secrets, answers }
}

describe('with secrets planted in whatever consumers send', () => {
  let secrets: Record<string, string>
  const answers: string[] = []
  const processes = () => ({ mobile, web, devices, 'all others': system.webProcess })

  beforeAll(async () => {
    const healthy = await sendSecrets()
    for (const proxy of proxies) proxy.breakDown()
    const broken = await sendSecrets()
    answers.push(...healthy.answers, ...broken.answers)
    secrets = Object.fromEntries([
      ...Object.entries(healthy.secrets),
      ...Object.entries(broken.secrets).map(([name, secret]) => [`${name}, with services down`, secret]),
    ])
  })

  const found = (text: string, among: Record<string, string>) =>
    Object.entries(among)
      .filter(([, secret]) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
      .map(([name]) => name)

  /** Secrets of the process itself, and of the services. */
  const held = () => {
    const internal = new Set(proxies.flatMap(({ asked }) => asked.flatMap(({ token }) => token ?? [])))
    expect(internal.size).toBeGreaterThan(10)
    return {
      ...Object.fromEntries([...internal].map((token, index) => [`internal token ${index}`, token])),
      'secret of the mobile BFF': 'mobile-bff-secret',
      'secret of the web BFF': 'web-bff-secret',
      'secret of the device BFF': 'iot-bff-secret',
      'field that nobody knows': CANARY,
      'number that is for a role': String(CANARY_NUMBER),
      'e-mail address of a customer': CANARY_EMAIL,
      'phone number of a customer': CANARY_PHONE,
    }
  }

  it('at least twenty are planted', () => {
    expect(Object.keys(secrets).length / 2 + 7).toBeGreaterThanOrEqual(20)
  })

  it('no line of a log holds one, at any level, in any process', () => {
    for (const [name, { lines, errors }] of Object.entries(processes())) {
      const log = [...lines, ...errors].join('\n')
      expect([name, found(log, { ...secrets, ...held() })]).toEqual([name, []])
    }
    expect(mobile.lines.some((line) => line.includes('"level":"warn"'))).toBe(true)
  })

  it('no answer holds one but what its own sender put where it does not belong', () => {
    const {
      'word where an id belongs': _,
      'word where an id belongs, with services down': __,
      ...others
    } = secrets
    const { 'e-mail address of a customer': ___, ...ours } = held()
    for (const answer of answers) expect(found(answer, { ...others, ...ours })).toEqual([])
  })

  it('no upstream is sent one, but for the words of a search and an id, whatever it looks like', () => {
    const {
      'words of a search': _,
      'words of a search, with services down': __,
      'word where an id belongs': ___,
      'word where an id belongs, with services down': ____,
      ...others
    } = secrets
    const asked = proxies.flatMap((proxy) => proxy.asked)
    expect(asked.length).toBeGreaterThan(30)
    for (const { url, headers, body } of asked)
      expect(found(`${url}\n${headers}\n${body}`, others)).toEqual([])
  })
})

function webVariables(name: string): Record<string, unknown> {
  if (name === 'ProductList') return { ids: ['p1001', 'p1002'] }
  return { id: name === 'StaffCustomer' ? 'c1001' : system.demo.productId }
}
