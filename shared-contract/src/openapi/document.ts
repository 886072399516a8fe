import { z } from 'zod'

/** A JSON Schema (2020-12) as it stands in a document. */
export const Schema = z.record(z.string(), z.unknown())
export type Schema = z.infer<typeof Schema>

const Reference = z.object({ $ref: z.string() })
const Content = z.record(z.string(), z.object({ schema: Schema.optional(), example: z.unknown().optional() }))
const Header = z.object({ required: z.boolean().default(false) })
const Response = z.object({
  headers: z.record(z.string(), Header.or(Reference)).default({}),
  content: Content.default({}),
})
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['query', 'path', 'header', 'cookie']),
  required: z.boolean().default(false),
  schema: Schema,
  example: z.unknown().optional(),
})
export type Parameter = z.infer<typeof Parameter>

const Operation = z.object({
  operationId: z.string(),
  'x-schema-version': z.int().optional(),
  'x-deprecated': z.object({ since: z.string(), sunset: z.string(), successor: z.string() }).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
  parameters: z.array(Reference.or(Parameter)).default([]),
  requestBody: z.object({ required: z.boolean().default(false), content: Content }).optional(),
  responses: z.record(z.string(), Reference.or(Response)),
})
export type Operation = z.infer<typeof Operation>

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof METHODS)[number]

/** An OpenAPI 3.1 document, as far as contracts are concerned with it. */
export const Document = z.object({
  info: z.object({ version: z.string() }),
  components: z
    .object({
      schemas: z.record(z.string(), Schema).default({}),
      headers: z.record(z.string(), Header).default({}),
      parameters: z.record(z.string(), Parameter).default({}),
      responses: z.record(z.string(), Response).default({}),
    })
    .default({ schemas: {}, headers: {}, parameters: {}, responses: {} }),
  paths: z.record(z.string(), z.partialRecord(z.enum(METHODS), Operation)),
})
export type Document = z.infer<typeof Document>

/** One route of a document: `GET /v1/home`. */
export type Route = {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly operation: Operation
}

export const routesOf = (document: Document): Route[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method]
      return operation ? [{ name: `${method.toUpperCase()} ${path}`, method, path, operation }] : []
    }),
  )

/** What a reference stands for. @throws for one that leads nowhere */
function referred<T>(components: Readonly<Record<string, T>>, { $ref }: { $ref: string }): T {
  const found = components[$ref.split('/').at(-1) ?? '']
  if (found === undefined) throw new Error(`${$ref} leads nowhere in the document`)
  return found
}

export const parametersOf = ({ components }: Document, { parameters }: Operation): Parameter[] =>
  parameters.map((given) => ('$ref' in given ? referred(components.parameters, given) : given))

export type Answer = { headers: Record<string, { required: boolean }>; schemas: Record<string, Schema> }

/** The answer of a route for a status, else its `default`. */
export function answerOf(document: Document, operation: Operation, status: number): Answer | undefined {
  const given = operation.responses[status] ?? operation.responses.default
  if (!given) return undefined
  const { headers, content } = '$ref' in given ? referred(document.components.responses, given) : given
  const resolve = (header: z.infer<typeof Header> | { $ref: string }) =>
    '$ref' in header ? referred(document.components.headers, header) : header
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, resolve(header)])),
    schemas: Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema ?? {}])),
  }
}
