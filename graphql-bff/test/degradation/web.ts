import { setTimeout as sleep } from 'node:timers/promises'
import { type Demo, type MockServices, startMockServices } from '@harbor/mock-services'
import { createClients } from '@harbor/shared-clients'
import { createLog } from '@harbor/shared-runtime/log'
import { UserId } from '@harbor/shared-runtime/user-id'
import { createApp } from '../../src/app.ts'
import type { PersistedOperation } from '../../src/persisted/operations.ts'
import { OPERATIONS } from '../operations.ts'
import { CSRF } from '../test-app.ts'
import { grantFor, testSession } from '../test-session.ts'
import { testWrites } from '../test-writes.ts'

type GraphAnswer = {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly {
    readonly path?: readonly (string | number)[]
    readonly extensions: { readonly code: string; readonly retryable: boolean; readonly traceId: string }
  }[]
  readonly extensions?: { readonly degraded: readonly string[] }
}
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly json: GraphAnswer
  readonly ms: number
}

export type Web = {
  readonly mocks: MockServices
  /** Asks as a member of staff who may see everything, or as a customer. */
  ask(operation: PersistedOperation, variables: object, as: 'customer' | 'staff'): Promise<Answer>
  readonly demo: Demo
}

/** Milliseconds within which an operation is to be answered: as in production. */
export const BUDGET_MS = 1_000

/** Domain services, and what stands before them in a test. */
export async function withServices<T>(use: (mocks: MockServices) => Promise<T>): Promise<T> {
  const mocks = await startMockServices({ defaultFaults: false })
  try {
    return await use(mocks)
  } finally {
    await mocks.close()
  }
}

/** A web BFF with clients of its own and no cache: no breaker opens for what befell another, and every read is a call. */
export async function withWeb<T>(mocks: MockServices, use: (web: Web) => Promise<T>): Promise<T> {
  const clients = createClients({
    addresses: mocks.services,
    clientId: 'web-bff',
    clientSecret: 'web-bff-secret',
  })
  const session = testSession()
  const app = createApp({
    clients,
    writes: testWrites(clients),
    session: session.boundary,
    operations: OPERATIONS,
    log: createLog('test', 'silent'),
    budgetMs: BUDGET_MS,
  })
  const demo = await mocks.demo()
  const staff = { ...grantFor(['staff', 'finance', 'risk']).user, id: UserId.parse(demo.staff.id) }
  const cookies = {
    customer: await session.cookieOf('customer', { access: demo.webAccessToken }),
    staff: await session.cookieOf('staff', { access: demo.staffAccessToken, user: staff }),
  }
  const ask: Web['ask'] = async ({ hash }, variables, as) => {
    const start = performance.now()
    const response = await app.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookies[as], ...CSRF },
      body: JSON.stringify({ documentId: hash, variables }),
    })
    const json: GraphAnswer = await response.json()
    return { status: response.status, headers: response.headers, json, ms: performance.now() - start }
  }
  try {
    return await use({ mocks, ask, demo })
  } finally {
    await clients.close()
  }
}

/** Asks until the machine is quiet and the answer is whole: the first calls of a process pay for tokens. */
export async function wholeAnswer(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if ((answer.status === 200 && !answer.json.errors && answer.ms < BUDGET_MS / 8) || attempt === 40)
      return answer
    await sleep(25)
  }
}
