import {
  type Document,
  type Parameter,
  parametersOf,
  type Route,
  routesOf,
  type Schema,
} from '../openapi/document.ts'

/** A request that can be sent again: everything but the credential, which is that of the demo's customer or none. */
export type SampleRequest = {
  method: string
  /** With its query. */
  path: string
  headers: Record<string, string>
  as: 'customer' | 'nobody'
  body?: unknown
}

export type Sample = { route: string; request: SampleRequest }

/** Not what any parameter takes. */
const NONSENSE = '!'

/**
 * Requests that show every route of a document: plain, with each optional parameter, in another language,
 * conditional, without a credential, and with each parameter missing or wrong.
 * @throws for a route whose parameters or body have no example
 */
export const sampleRequests = (document: Document): Sample[] =>
  routesOf(document).flatMap((route) => samplesOf(document, route))

function samplesOf(document: Document, route: Route): Sample[] {
  const parameters = parametersOf(document, route.operation).filter(({ in: place }) => place !== 'header')
  const required = parameters.filter((parameter) => parameter.required)
  const plain = Object.fromEntries(required.map((parameter) => [parameter.name, exampleOf(route, parameter)]))
  const isWrite = route.method !== 'get' && route.method !== 'head'
  const key = `sample-${route.name.replace(/\W+/g, '-')}-0001`
  const isPublic = route.operation.security.length === 0
  const sample = (values: Record<string, string>, change: Partial<SampleRequest> = {}): Sample => ({
    route: route.name,
    request: {
      method: route.method.toUpperCase(),
      path: pathWith(route.path, values),
      headers: change.headers ?? (isWrite ? { 'idempotency-key': key } : {}),
      // A public route is asked as an app does in which nobody has logged in.
      as: change.as ?? (isPublic ? 'nobody' : 'customer'),
      ...bodyOf(document, route),
    },
  })
  if (route.method === 'head') return [sample(plain)]
  const refused = [
    ...(isWrite ? [sample(plain, { headers: {} })] : []),
    ...(isPublic ? [] : [sample(plain, { as: 'nobody' })]),
    ...parameters.map(({ name }) => sample({ ...plain, [name]: NONSENSE })),
    ...required.filter(({ in: place }) => place === 'query').map(({ name }) => sample(without(plain, name))),
  ]
  // Twice under one key: done, and then said again.
  if (isWrite) return [sample(plain), sample(plain), ...refused]
  const optional = parameters.filter((parameter) => !parameter.required && exampleIn(parameter) !== undefined)
  return [
    sample(plain),
    ...optional.map((parameter) => sample({ ...plain, [parameter.name]: exampleOf(route, parameter) })),
    sample(plain, { headers: { 'accept-language': 'de' } }),
    sample(plain, { headers: { 'if-none-match': '*' } }),
    ...refused,
  ]
}

function pathWith(pattern: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(values)
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    query.delete(name)
    return encodeURIComponent(values[name] ?? '')
  })
  return query.size > 0 ? `${path}?${query}` : path
}

const without = (values: Readonly<Record<string, string>>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([other]) => other !== name))

export const exampleIn = ({ example, schema }: Parameter): unknown => example ?? schema.example

function exampleOf(route: Route, parameter: Parameter): string {
  const example = exampleIn(parameter)
  if (example === undefined)
    throw new Error(
      `${route.name}: the ${parameter.in} parameter ${parameter.name} has no example. Give it one.`,
    )
  return String(example)
}

/** The example of what a route takes; nothing for one that takes no body. @throws for a body without one */
export function bodyOf(document: Document, route: Route): { body?: unknown } {
  const json = route.operation.requestBody?.content['application/json']
  if (!json) return {}
  const body = json.example ?? exampleOfSchema(document, json.schema ?? {})
  if (body === undefined) throw new Error(`${route.name}: its body has no example. Give one to each field.`)
  return { body }
}

/** The example of a schema, or of an object that of each field that it must have. */
function exampleOfSchema(document: Document, schema: Schema): unknown {
  if ('example' in schema) return schema.example
  if (typeof schema.$ref === 'string')
    return exampleOfSchema(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (schema.type === 'boolean') return true
  if (schema.type !== 'object') return undefined
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const fields = new Map(Object.entries(schema.properties ?? {}))
  const examples = required.map((name) => [name, exampleOfSchema(document, { ...fields.get(name) })] as const)
  return examples.some(([, example]) => example === undefined) ? undefined : Object.fromEntries(examples)
}
