import { readdir, readFile } from 'node:fs/promises'
import { buildSchema, getNamedType, isInputObjectType, isObjectType, Kind, parse, print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from './harness.ts'
import {
  type Operation,
  type OtherCustomer,
  operationsOf,
  otherCustomer,
  ownedInputs,
  requestOf,
} from './object-ownership.ts'
import { CSRF, logInTo, persisted } from './web-client.ts'

// Devices: iot-bff/src/access/access.test.ts does the same over every resource and topic.

const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
const schema = buildSchema(await file('schema.graphql'))
const manifests = new URL('../../graphql-bff/manifests/', import.meta.url)
const manifest = (
  await Promise.all(
    (
      await readdir(manifests)
    ).map(async (name) =>
      Object.values(
        JSON.parse(await readFile(new URL(name, manifests), 'utf8')) as Record<string, { document: string }>,
      ).map(({ document }) => document),
    ),
  )
).flat()

let system: System
let another: OtherCustomer
let operations: readonly Operation[]
let secrets: readonly string[]
beforeAll(async () => {
  system = await startSystem()
  await system.heal()
  another = await otherCustomer(system, 'c1002')
  operations = await operationsOf(system.mobile)
  const staff = await logInTo(system, system.demo.staff)
  const variables = { id: another.id }
  const known = await persisted<{ customer: Record<string, string> }>(
    system,
    'StaffCustomer',
    variables,
    staff,
  )
  const { displayName = '', email = '' } = known.data.customer
  secrets = [...another.secrets, displayName, email]
})
afterAll(() => system.stop())

/** What a text shows of the other customer. */
const shown = (text: string) => secrets.filter((secret) => text.includes(secret))

/** What differs from one answer to the next, whoever asks for whatever. */
const VOLATILE = /^(date|x-trace-id|server-timing|ratelimit)$/

describe('the mobile API', () => {
  const ask = async (
    operation: Operation,
    { given = {}, token = system.demo.mobileAccessToken, key = crypto.randomUUID() as string } = {},
  ) => {
    const { path, init } = requestOf(operation, given)
    const answer = await fetch(system.mobile + path, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        ...(operation.method !== 'GET' && operation.method !== 'HEAD' && { 'idempotency-key': key }),
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: [...answer.headers].filter(([name]) => !VOLATILE.test(name)),
      text,
    }
  }
  const named = ({ method, path }: Operation) => `${method} ${path}`
  const isWrite = ({ method }: Operation) => method !== 'GET' && method !== 'HEAD'

  /** Everything that a write of somebody else could have changed. */
  const theirThings = async () => {
    const read = operations.filter(
      ({ method, path }) =>
        method === 'GET' && ['/v1/cart', '/v1/orders', '/v1/notifications'].includes(path),
    )
    const answers = await Promise.all(read.map((operation) => ask(operation, { token: another.token })))
    const placed = await (await fetch(`${system.control}/placed`)).text()
    return { read: answers.map(({ status, text }) => [status, text]), placed }
  }

  it('says of every input of every operation whose it is: a new one has to', () => {
    const owned = operations.flatMap((operation) =>
      ownedInputs(operation).map(({ input }) => `${named(operation)} ${input}`),
    )
    expect(owned).toEqual(
      expect.arrayContaining([
        'GET /v1/orders/{id} path.id',
        'HEAD /v1/orders/{id} path.id',
        'GET /v2/checkout-summary query.cartId',
        'POST /v1/checkout body.cartId',
      ]),
    )
    const unknown: Operation = {
      method: 'GET',
      path: '/v1/new/{id}',
      parameters: [{ name: 'id', in: 'path', schema: { type: 'string', example: 'zz1' } }],
    }
    expect(() => ownedInputs(unknown)).toThrow('GET /v1/new/{id}: "path.id", such as zz1: say whose it is')
  })

  it("answers an id of another customer's like one of nobody's, and does nothing", async () => {
    const before = await theirThings()
    for (const operation of operations)
      for (const { input, others } of ownedInputs(operation)) {
        const { theirs, nobodys } = others(another)
        const asTheirs = await ask(operation, { given: { [input]: theirs } })
        const asNobodys = await ask(operation, { given: { [input]: nobodys } })
        const where = `${named(operation)} ${input}`
        const same = ({ status, headers, text }: typeof asTheirs) => ({
          where,
          status,
          headers,
          text: text.replace(/"traceId":"\w+"/, ''),
        })
        expect(same(asTheirs)).toEqual(same(asNobodys))
        expect({ where, status: asTheirs.status, shown: shown(asTheirs.text) }).toEqual({
          where,
          status: 404,
          shown: [],
        })
        if (operation.method !== 'HEAD')
          expect(JSON.parse(asTheirs.text)).toMatchObject({ code: 'NOT_FOUND' })
      }
    expect(await theirThings()).toEqual(before)
  })

  it('shows nothing of another customer: neither to others, nor after that customer has asked, nor on a later page of their list', async () => {
    const reads = operations.filter((operation) => !isWrite(operation))
    expect(reads.length).toBeGreaterThan(20)
    const shownToThem: string[] = []
    for (const operation of reads) {
      shownToThem.push(...shown((await ask(operation, { token: another.token })).text))
      const given = operation.path === '/v1/orders' ? [{}, { 'query.cursor': another.cursor }] : [{}]
      for (const more of given) {
        const { status, text } = await ask(operation, { given: more })
        expect([named(operation), status < 500, shown(text)]).toEqual([named(operation), true, []])
      }
    }
    expect(new Set(shownToThem).size).toBeGreaterThan(3)
  })

  it("does not repeat to one customer what another's key has kept", async () => {
    const writes = operations.filter(isWrite)
    expect(writes.length).toBeGreaterThanOrEqual(5)
    for (const operation of writes) {
      const key = crypto.randomUUID()
      const own = { 'body.cartId': another.cartId }
      await ask(operation, { key, token: another.token, given: own })
      const { headers, text } = await ask(operation, { key })
      expect([named(operation), new Headers(headers).get('idempotency-replayed'), shown(text)]).toEqual([
        named(operation),
        null,
        [],
      ])
    }
  })
})

describe('the graph', () => {
  /** Who gets what the arguments of a field identify. One that is not here fails the test. */
  const ARGUMENTS = {
    'Administration.auditEvents(filter.action)': 'staff',
    'Administration.auditEvents(filter.orderId)': 'staff',
    'Administration.carts(filter.customerId)': 'staff',
    'Administration.orders(filter.customerId)': 'staff',
    'Administration.orders(filter.number)': 'staff',
    'Administration.payments(filter.customerId)': 'staff',
    'Administration.prices(filter.sku)': 'staff',
    'Administration.products(filter.category)': 'staff',
    'Administration.promotions(filter.sku)': 'staff',
    'Administration.reviews(filter.productId)': 'staff',
    'Administration.shipments(filter.orderId)': 'staff',
    'Administration.stockItems(filter.sku)': 'staff',
    'Administration.taxLines(filter.orderId)': 'staff',
    'Mutation.addToCart(input.idempotencyKey)': 'the viewer, of own writes',
    'Mutation.addToCart(input.sku)': 'everybody',
    'Mutation.adjustStock(input.idempotencyKey)': 'the viewer, of own writes',
    'Mutation.adjustStock(input.sku)': 'staff',
    'Mutation.changeCartLine(input.sku)': 'the viewer, of the own cart',
    'Mutation.checkout(input.idempotencyKey)': 'the viewer, of own writes',
    'Mutation.markNotificationsRead(input.ids)': 'the viewer, of own notifications',
    'Mutation.removeCartLine(input.sku)': 'the viewer, of the own cart',
    'Query.catalogue(category)': 'everybody',
    'Query.customer(id)': 'staff',
    'Query.devices(store)': 'staff',
    'Query.product(id)': 'everybody',
    'Query.products(ids)': 'everybody',
    'Subscription.orderStatusChanged(number)': 'the viewer, of own orders',
    'Subscription.stockChanged(productId)': 'everybody',
    'Viewer.order(number)': 'the viewer, of own orders',
  }
  const isId = ({ name, type }: { name: string; type: unknown }) =>
    /\bID\b/.test(String(type)) || ['number', 'store'].includes(name)
  const withIds = Object.values(parseManifest()).filter(({ variables }) => variables.length > 0)

  it('has no argument with an id of which nobody has said whose things it names', () => {
    const found = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => !name.startsWith('__'))
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .flatMap(({ type, field }) =>
        field.args
          .flatMap((arg) => {
            const given = getNamedType(arg.type)
            if (!isInputObjectType(given)) return arg
            const inside = Object.values(given.getFields())
            return inside.map(({ name, type }) => ({ name: `${arg.name}.${name}`, type }))
          })
          .filter(isId)
          .map((arg) => `${type.name}.${field.name}(${arg.name})`),
      )
    expect(found.toSorted(), 'say in ARGUMENTS whose it is').toEqual(Object.keys(ARGUMENTS))
  })

  it("shows a customer nothing of another's by any operation and any id", async () => {
    expect(withIds.map(({ name }) => name)).toEqual(expect.arrayContaining(['ProductPage', 'StaffCustomer']))
    const cookie = await logInTo(system, system.demo.customer)
    for (const { name, variables } of withIds) {
      const ask = async (id: string) => {
        const given = Object.fromEntries(variables.map(({ name, isList }) => [name, isList ? [id] : id]))
        const { text } = await persisted(system, name, given, cookie)
        return text.replaceAll(/"traceId":"\w+"/g, '').replaceAll(id, '')
      }
      const number = `HC-2026-${another.orderId.slice(1)}`
      for (const [id, absent] of [
        [another.id, 'c999999'],
        [another.cartId, 'k999999'],
        [another.orderId, 'o999999'],
        [number, 'HC-2026-999999'],
      ] as const) {
        const theirs = await ask(id)
        const nobodys = await ask(absent)
        expect({ name, id, theirs, shown: shown(theirs) }).toEqual({ name, id, theirs: nobodys, shown: [] })
      }
    }
  })

  function parseManifest() {
    return manifest.flatMap((document) =>
      parse(document).definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION
          ? [
              {
                name: definition.name?.value ?? '',
                variables: (definition.variableDefinitions ?? [])
                  .filter(({ variable, type }) => isId({ name: variable.name.value, type: print(type) }))
                  .map(({ variable, type }) => ({
                    name: variable.name.value,
                    isList: print(type).includes('['),
                  })),
              },
            ]
          : [],
      ),
    )
  }
})

describe('a session of the dashboard', () => {
  const who = async (cookie: string) =>
    (await fetch(`${system.web}/session`, { headers: { ...CSRF, cookie } })).json()

  it("of another user's is neither read nor ended by any request but those with its cookie", async () => {
    const customer = await logInTo(system, system.demo.customer)
    const theirs = await logInTo(system, system.demo.staff)
    const id = theirs.split('=')[1] ?? ''
    const before = await who(theirs)
    expect(before).toMatchObject({ user: { roles: expect.arrayContaining(['staff']) } })
    const named = new URLSearchParams({
      session: id,
      sid: id,
      sub: system.demo.staff.id,
      user: system.demo.staff.id,
    })
    const send = async (path: string, cookie: string, init: RequestInit = {}) => {
      const headers = { ...CSRF, cookie, ...init.headers }
      const answer = await fetch(`${system.web}${path}?${named}`, { ...init, headers })
      return `${answer.status} ${await answer.text()}`
    }
    expect(await send('/session', customer)).not.toContain('staff')
    // A token of identity that is no logout token does not end a session either.
    for (const token of [system.demo.webAccessToken, system.demo.staffAccessToken]) {
      const body = new URLSearchParams({ logout_token: token })
      expect(await send('/auth/backchannel-logout', '', { method: 'POST', body })).toMatch(/^400 /)
    }
    const body = JSON.stringify(Object.fromEntries(named))
    const json = { 'content-type': 'application/json' }
    expect(await send('/auth/logout-everywhere', customer, { method: 'POST', body, headers: json })).toMatch(
      /^200 /,
    )
    expect(await send('/auth/logout', '', { method: 'POST', body, headers: json })).toMatch(/^200 /)
    expect(await who(theirs)).toMatchObject({ user: { roles: expect.arrayContaining(['staff']) } })
    expect(await who(customer)).toEqual({ user: null })
  })
})
