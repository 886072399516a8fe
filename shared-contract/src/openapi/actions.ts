import type { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import type { Action } from '@harbor/shared-edge/rest/action'
import type { ProblemCode } from '@harbor/shared-runtime/problems'
import type { ApiText } from '../api.ts'
import { actionHeaders } from './headers.ts'
import { ACTION_PARAMETERS, REVISIONED_PARAMETERS } from './parameters.ts'
import { OTHER_PROBLEM, problemResponses } from './problems.ts'

/** What any action may answer beside the problems that every route has. */
const PROBLEMS_OF_ACTIONS = [
  'IDEMPOTENCY_KEY_REQUIRED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'IN_PROGRESS',
  'CONFLICT',
  'PRECONDITION_FAILED',
  'IDEMPOTENCY_KEY_REUSED',
] as const satisfies readonly ProblemCode[]
const PROBLEMS_OF_A_BODY = ['TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const satisfies readonly ProblemCode[]

/** Adds the actions to the document. */
export function registerActions(registry: OpenAPIRegistry, text: ApiText, actions: readonly Action[]): void {
  for (const action of actions) {
    const { name, method, path, summary, version, access, params, body, status, view, deprecated } = action
    registry.registerPath({
      method: METHODS[method],
      path,
      operationId: name,
      summary,
      'x-schema-version': version,
      ...(deprecated && { deprecated: true, 'x-deprecated': deprecated }),
      security: [{ bearer: [...access] }, { dpop: [...access] }],
      parameters: action.target === 'revisioned' ? REVISIONED_PARAMETERS : ACTION_PARAMETERS,
      request: {
        params,
        ...(body && { body: { required: true, content: { 'application/json': { schema: body } } } }),
      },
      responses: {
        [status]: {
          description: 'Done, now or before (`Idempotency-Replayed: true`)',
          headers: actionHeaders(action),
          content: { 'application/json': { schema: view } },
        },
        ...problemResponses(registry, text, problemsOf(action)),
        default: OTHER_PROBLEM,
      },
    })
  }
}

const METHODS = { POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const

const problemsOf = ({ body, problems = [] }: Action): ProblemCode[] => [
  ...PROBLEMS_OF_ACTIONS,
  ...(body ? PROBLEMS_OF_A_BODY : []),
  ...problems.filter((code) => code !== 'NOT_FOUND'),
]
