import { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { RestApi } from '../api.ts'
import { registerActions } from './actions.ts'
import { inexpressible } from './expressible.ts'
import { screenHeaders } from './headers.ts'
import { SCREEN_PARAMETERS } from './parameters.ts'
import { OTHER_PROBLEM, problemResponses } from './problems.ts'
import { createRegistry, withoutBody } from './registry.ts'

/** What the document is made of. */
export type Documented = Pick<RestApi, 'text' | 'screens' | 'actions'>

type Options = {
  version?: string
  /** An answer of a screen, by its name. */
  examples?: Readonly<Record<string, unknown>>
}

/**
 * The OpenAPI 3.1 document of the screens and actions: nothing in it is written twice.
 * @throws {TypeError} for schemas that say more than the document can
 */
export function openApiDocument(
  { text, screens, actions }: Documented,
  { version = '1.0.0', examples = {} }: Options = {},
) {
  requireExpressible([
    ...screens.flatMap(({ name, params, query, view }) => [
      ...inexpressible(name, params, 'input'),
      ...inexpressible(name, query, 'input'),
      ...inexpressible(name, view, 'answer'),
    ]),
    ...actions.flatMap(({ name, params, body, view }) => [
      ...inexpressible(name, params, 'input'),
      ...(body ? inexpressible(name, body, 'input') : []),
      ...inexpressible(name, view, 'answer'),
    ]),
  ])
  const registry = createRegistry(text)
  for (const screen of screens) {
    const { name, path, summary, access, params, query, view, deprecated } = screen
    const route = {
      path,
      summary,
      'x-schema-version': screen.version,
      ...(deprecated && { deprecated: true, 'x-deprecated': deprecated }),
      security: access === 'public' ? [] : [{ bearer: [...access] }, { dpop: [...access] }],
      parameters: SCREEN_PARAMETERS,
      request: { params, query },
    }
    const schema = view.meta({ id: name })
    const { known, unchanged } = withoutBody(registry, screen)
    registry.registerPath({
      ...route,
      method: 'get',
      operationId: name,
      responses: {
        200: {
          description: 'The screen',
          headers: screenHeaders(screen),
          content: {
            'application/json': { schema, ...(Object.hasOwn(examples, name) && { example: examples[name] }) },
            'application/cbor': { schema },
          },
        },
        304: unchanged,
        ...problemResponses(registry, text, problemsOf(screen)),
        default: OTHER_PROBLEM,
      },
    })
    registry.registerPath({
      ...route,
      method: 'head',
      operationId: `${name}-head`,
      responses: {
        200: known,
        304: unchanged,
        default: { description: 'The headers of the problem that a GET would have' },
      },
    })
  }
  registerActions(registry, text, actions)
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: text.title,
      version,
      description: text.description,
    },
  })
}

function requireExpressible(faults: readonly string[]): void {
  if (faults.length > 0) throw new TypeError(`the API document cannot say:\n${faults.join('\n')}`)
}

/** A thing that is named in the path, or that belongs to the customer, may not be there. */
function problemsOf({ access, params, problems = [] }: Screen): ProblemCode[] {
  const isPublic = access === 'public'
  const names = !isPublic || Object.keys(params.shape).length > 0
  return [
    ...(isPublic ? [] : (['UNAUTHENTICATED', 'FORBIDDEN'] as const)),
    ...(names ? (['NOT_FOUND'] as const) : []),
    ...problems.filter((code) => code !== 'NOT_FOUND'),
    'NOT_ACCEPTABLE',
    'PRECONDITION_FAILED',
  ]
}
