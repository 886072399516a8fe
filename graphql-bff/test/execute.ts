import type { Role, Viewer } from '@harbor/shared-runtime/auth'
import { toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { UserId } from '@harbor/shared-runtime/user-id'
import { type DocumentNode, execute, parse, validate } from 'graphql'
import { createContext } from '../src/context.ts'
import { failureOf } from '../src/plugins/problem-result.ts'
import { schema } from '../src/schema/index.ts'
import { createHub } from '../src/subscriptions/hub.ts'
import type { UpstreamSet } from '../src/upstreams.ts'
import { fakeUpstreams } from './fake-upstreams.ts'
import { testWrites } from './test-writes.ts'

const viewerWith = (roles: readonly Role[], token: string): Viewer => ({
  id: UserId.parse('c1001'),
  roles: new Set(roles),
  scopes: new Set(),
  clientId: 'web-bff',
  token,
})

type Options = {
  roles?: readonly Role[]
  variables?: Record<string, unknown>
  /** Other clients than the fake ones, with the user's token that they exchange. */
  over?: { clients: UpstreamSet; token: string }
}

/** Valid documents: many tests execute one for several viewers. */
const known = new Map<string, DocumentNode>()

function validated(source: string): DocumentNode {
  const found = known.get(source)
  if (found) return found
  const document = parse(source)
  const [invalid] = validate(schema, document)
  if (invalid) throw invalid
  known.set(source, document)
  return document
}

/** Executes a document over fake upstreams, without the limits of requests. No roles: nobody is logged in. */
export async function executed(
  source: string,
  { roles = [], variables, over, ...options }: Options & Parameters<typeof fakeUpstreams>[0] = {},
) {
  const document = validated(source)
  const { clients: fake, calls } = fakeUpstreams(options)
  const { clients, token } = over ?? { clients: fake, token: 'token' }
  const contextValue = createContext({
    request: new Request('http://localhost/graphql'),
    state: {
      trace: continueTrace(undefined),
      viewer: roles.length > 0 ? viewerWith(roles, token) : undefined,
    },
    clients,
    writes: testWrites(fake),
    budgetMs: 10_000,
    changes: createHub().changes,
  })
  const result = await execute({ schema, document, contextValue, variableValues: variables })
  contextValue.requestContext.end()
  return {
    data: result.data,
    errors: (result.errors ?? []).map((error) => ({
      path: error.path?.join('.'),
      code: toProblem(failureOf(error).problem).code,
    })),
    calls,
  }
}
