import type { System } from './harness.ts'

/** The owner of an id, derived from its form. */
type Kind = {
  readonly form: RegExp
  /** The id of an object of another customer, and an id that does not exist. Absent for public objects. */
  readonly others?: (another: OtherCustomer) => { theirs: string; nobodys: string }
}

export type OtherCustomer = {
  readonly token: string
  readonly id: string
  readonly cartId: string
  readonly orderId: string
  /** Where the second page of their orders begins. */
  readonly cursor: string
  /** Texts that only they may see, in any place. */
  readonly secrets: readonly string[]
}

const KINDS: readonly Kind[] = [
  { form: /^p\d+$/ },
  { form: /^HB-\d+$/ },
  { form: /^cat-\d+$/ },
  { form: /^k\d+$/, others: ({ cartId }) => ({ theirs: cartId, nobodys: 'k999999' }) },
  { form: /^o\d+$/, others: ({ orderId }) => ({ theirs: orderId, nobodys: 'o999999' }) },
]

/** Texts that name no thing of anybody. `cursor` and `since` say how far a list was read, not whose it is. */
const NO_IDS = ['q', 'paymentMethod', 'currency', 'cursor', 'since', 'locale', 'format']

type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
}
type Parameter = {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: Schema
}
export type Operation = {
  readonly method: string
  readonly path: string
  readonly security?: readonly unknown[]
  readonly parameters?: readonly Partial<Parameter>[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

/** The operations of an OpenAPI document. */
export async function operationsOf(base: string): Promise<readonly Operation[]> {
  const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )
}

/** Every input of an operation, by its place: `query.cartId`, `body.total.currency`. */
function inputsOf(operation: Operation): ReadonlyMap<string, Schema> {
  const inputs = new Map<string, Schema>()
  for (const { name, in: place, schema } of operation.parameters ?? [])
    if (name !== undefined && schema && place !== 'header') inputs.set(`${place}.${name}`, schema)
  const addFields = (at: string, schema: Schema) => {
    if (schema.properties)
      for (const [name, field] of Object.entries(schema.properties)) addFields(`${at}.${name}`, field)
    else if (schema.items) addFields(at, schema.items)
    else inputs.set(at, schema)
  }
  const body = bodyOf(operation)
  if (body) addFields('body', body)
  return inputs
}

/** The inputs of an operation that identify an object with an owner. @throws {Error} for an unknown input */
export function ownedInputs(
  operation: Operation,
): readonly { input: string; others: NonNullable<Kind['others']> }[] {
  return [...inputsOf(operation)].flatMap(([input, schema]) => {
    if (schema.type !== 'string' || schema.enum || NO_IDS.includes(input.split('.').at(-1) ?? '')) return []
    const example = String(schema.example ?? schema.examples?.[0])
    const kind = KINDS.find(({ form }) => form.test(example))
    if (!kind)
      throw new Error(
        `${operation.method} ${operation.path}: "${input}", such as ${example}: say whose it is`,
      )
    return kind.others ? [{ input, others: kind.others }] : []
  })
}

/** A request of an operation with something valid for all that it needs, but for what `given` says. */
export function requestOf(
  operation: Operation,
  given: Readonly<Record<string, string>> = {},
): { path: string; init: { method: string; body?: string } } {
  const query = new URLSearchParams()
  let { path } = operation
  for (const { name = '', in: place, required, schema = {} } of operation.parameters ?? []) {
    const value = given[`${place}.${name}`] ?? (required ? String(validFor(name, schema)) : undefined)
    if (value === undefined) continue
    if (place === 'query') query.set(name, value)
    if (place === 'path') path = path.replace(`{${name}}`, value)
  }
  const fill = (at: string, schema: Schema): unknown =>
    schema.properties
      ? Object.fromEntries(
          Object.entries(schema.properties)
            .filter(([name]) => schema.required?.includes(name))
            .map(([name, field]) => [name, fill(`${at}.${name}`, field)]),
        )
      : (given[at] ?? validFor(at, schema))
  const body = bodyOf(operation)
  return {
    path: query.size > 0 ? `${path}?${query}` : path,
    init: { method: operation.method, ...(body && { body: JSON.stringify(fill('body', body)) }) },
  }
}

const bodyOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.schema

function validFor(name: string, { example, examples, type, enum: values, minimum }: Schema): unknown {
  const found = example ?? examples?.[0] ?? values?.[0]
  if (found !== undefined) return found
  if (type === 'boolean') return true
  if (type === 'integer') return minimum ?? 1
  throw new Error(`"${name}" has no example: .meta({ example })`)
}

/** Another customer than the demo's, and everything of theirs. */
export async function otherCustomer({ control, mobile }: System, id: string): Promise<OtherCustomer> {
  const { mobileAccessToken: token } = (await (await fetch(`${control}/users/${id}/tokens`)).json()) as {
    mobileAccessToken: string
  }
  const headers = { authorization: `Bearer ${token}` }
  const get = async (path: string) => (await fetch(mobile + path, { headers })).json()
  const cart = (await get('/v1/cart')) as { id: string }
  const orders = (await get('/v1/orders?limit=3')) as { items: Record<string, string>[]; nextCursor: string }
  const order = orders.items[0] ?? {}
  const { items: rest } = (await get('/v1/orders?limit=50')) as typeof orders
  const secrets = [cart.id, ...rest.flatMap(({ id = '', number = '' }) => [id, number])]
  return { token, id, cartId: cart.id, orderId: order.id ?? '', cursor: orders.nextCursor, secrets }
}
