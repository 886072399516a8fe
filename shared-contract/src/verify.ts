import type { Action } from '@harbor/shared-edge/rest/action'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { z } from 'zod'
import { Document, parametersOf, type Route, routesOf } from './openapi/document.ts'
import type { Release } from './releases/releases.ts'
import { validatorOf } from './releases/replay.ts'
import { bodyOf, exampleIn } from './releases/samples.ts'

/** Rules of Redocly's `recommended` that say nothing about whether the document is right. */
const RULES = {
  // Where it is served is a setting of each deployment.
  'no-empty-servers': 'off',
  'info-license': 'off',
  // A HEAD has the problems of its GET without their bodies, under `default`.
  'operation-4xx-response': 'off',
  'no-invalid-schema-examples': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-parameter-examples': 'error',
} as const

/** What a public validator (Redocly) finds wrong with a document: offline, in half a second. */
export async function lintFaults(name: string, document: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], rules: RULES })
  const source = JSON.stringify(document)
  const problems = await lintFromString({ source, absoluteRef: `${name}.json`, config })
  return problems.map(
    ({ ruleId, message, location: [at] }) => `${name}: ${message} (${ruleId}, ${at?.pointer})`,
  )
}

/** Recorded answers that the document of their release does not allow. */
export function fixtureFaults({ version, document, fixtures }: Release): string[] {
  const validate = validatorOf(document)
  return fixtures.flatMap(({ route, request, answer }) =>
    validate(route, answer).map((fault) => `${version}, ${request.method} ${request.path}: ${fault}`),
  )
}

type Schemas = {
  method: string
  path: string
  params: z.ZodType
  query?: z.ZodType
  body?: z.ZodType | undefined
}

/** Examples of a document (parameters, bodies) that the server would refuse: by its own schemas, not by those of the document. */
export function exampleFaults(
  name: string,
  source: unknown,
  screens: readonly Screen[],
  actions: readonly Action[],
): string[] {
  const served: Schemas[] = [...screens.map((screen) => ({ ...screen, method: 'GET' })), ...actions]
  const document = Document.parse(source)
  return routesOf(document).flatMap((route) => {
    const method = route.method === 'head' ? 'GET' : route.method.toUpperCase()
    const schemas = served.find((one) => one.method === method && one.path === route.path)
    return schemas
      ? examplesOf(document, route, schemas).flatMap(({ place, schema, value }) => {
          const parsed = schema.safeParse(value)
          return parsed.success
            ? []
            : [
                `${name}, ${route.name}: the server refuses the example of its ${place}: ${parsed.error.message}`,
              ]
        })
      : []
  })
}

type Example = { place: string; schema: z.ZodType; value: unknown }

function examplesOf(document: Document, route: Route, { params, query, body }: Schemas): Example[] {
  const parameters = parametersOf(document, route.operation)
  const given = (place: string) =>
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place && exampleIn(parameter) !== undefined)
        .map((parameter) => [parameter.name, String(exampleIn(parameter))]),
    )
  return [
    { place: 'path', schema: params, value: given('path') },
    ...(query ? [{ place: 'query', schema: query, value: given('query') }] : []),
    ...(body ? [{ place: 'body', schema: body, value: bodyOf(document, route).body }] : []),
  ]
}
