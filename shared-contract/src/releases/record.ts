import type { RestApi, RunningApp } from '../api.ts'
import { Document, routesOf } from '../openapi/document.ts'
import { type Documented, openApiDocument } from '../openapi/openapi-document.ts'
import { type Sample, type SampleRequest, sampleRequests } from './samples.ts'

export type RecordedAnswer = { status: number; headers: Record<string, string>; body: unknown }
export type Recorded = Sample & { answer: RecordedAnswer }
export type Ask = (request: SampleRequest) => Promise<RecordedAnswer>

/** Headers that a client relies on; the others may come and go. */
const HEADERS = [
  'content-type',
  'cache-control',
  'etag',
  'schema-version',
  'vary',
  'deprecation',
  'sunset',
  'link',
  'www-authenticate',
  'retry-after',
  'allow',
  'idempotency-replayed',
]

/** So that what is recorded is the same each time. */
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'

/** Cold connections and a busy machine may cost a source its budget: such an answer shows nothing of the contract. */
const TRIES = 20

/** Asks an app. What fails or is degraded is asked again, a write under its key. */
export function asking(app: RunningApp): Ask {
  const send = async ({ method, path, headers, as, body }: SampleRequest): Promise<Response> =>
    app.request(path, {
      method,
      headers: {
        ...headers,
        traceparent: TRACE,
        ...(as === 'customer' && { authorization: app.authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return async (request) => {
    let answer = await send(request)
    for (let tried = 1; tried < TRIES && !isWhole(answer); tried++) answer = await send(request)
    return recorded(answer)
  }
}

const isWhole = ({ status, headers }: Response): boolean => status < 500 && !headers.has('x-degraded')

async function recorded(answer: Response): Promise<RecordedAnswer> {
  const text = await answer.text()
  const kept = HEADERS.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return {
    status: answer.status,
    headers: Object.fromEntries(kept),
    body: text === '' ? null : JSON.parse(text),
  }
}

/** The document of an API as contracts read it. */
export const documentOf = (api: Documented): Document => Document.parse(openApiDocument(api))

/**
 * Every sample of a document with what is answered, the same each time; of a list as much as shows what it is.
 * @param now the time in the app that is asked
 */
export function record(document: Document, ask: Ask, now: Date): Promise<Recorded[]> {
  // biome-ignore lint/plugin: compared with the instants in answers, which services write by the clock of the machine.
  const began = Date.now()
  return inTurn(sampleRequests(document), async (sample) => {
    const { body, ...rest } = await ask(sample.request)
    return { ...sample, answer: { ...rest, body: atClock(began, now, shortened(body, RECORDED_ITEMS)) } }
  })
}

/** A body in which what happened during a recording has happened at its clock. */
function atClock(began: number, now: Date, body: unknown): unknown {
  // biome-ignore lint/plugin: as above.
  const ended = Date.now()
  const happened = (value: string) =>
    INSTANT.test(value) && Date.parse(value) >= began && Date.parse(value) <= ended
  return JSON.parse(
    JSON.stringify(body, (_, value) =>
      typeof value === 'string' && happened(value) ? now.toISOString() : value,
    ),
  )
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** An answer of each route, by its operation's id: what it gives to its plain request. */
export async function recordExamples(api: RestApi): Promise<Record<string, unknown>> {
  const document = documentOf(api)
  const plain = routesOf(document)
    .filter(({ method }) => method === 'get')
    .map(({ name, operation }) => ({ name, id: operation.operationId }))
  const samples = sampleRequests(document)
  return api.run(async (app) => {
    const ask = asking(app)
    const examples = await inTurn(plain, async ({ name, id }) => {
      const sample = samples.find(({ route }) => route === name)
      const answer = sample && (await ask(sample.request))
      return answer?.status === 200 ? [[id, shortened(answer.body, EXAMPLE_ITEMS)] as const] : []
    })
    return Object.fromEntries(examples.flat())
  })
}

const EXAMPLE_ITEMS = 2
const RECORDED_ITEMS = 5

/** A body whose lists show what they are lists of. */
const shortened = (body: unknown, items: number): unknown =>
  JSON.parse(JSON.stringify(body, (_, value) => (Array.isArray(value) ? value.slice(0, items) : value)))

async function inTurn<T, U>(items: readonly T[], act: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  for (const item of items) results.push(await act(item))
  return results
}
