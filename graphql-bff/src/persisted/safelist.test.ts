import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OPERATIONS } from '../../test/operations.ts'
import { testApp } from '../../test/test-app.ts'
import { MANIFESTS_FOLDER, readManifests } from './manifests.ts'

const documents = [...readManifests(MANIFESTS_FOLDER).values()].flatMap((manifest) => Object.values(manifest))
const hashes = [...OPERATIONS.byHash.keys()]

/** Text with a character taken out, put in or replaced. */
const altered = (texts: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...texts), fc.nat(), fc.constantFrom(0, 1), fc.string({ maxLength: 3 }))
    .map(([text, at, removed, added]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + added + text.slice(place + removed)
    })
    .filter((text) => text !== '' && !texts.includes(text))

const document = fc.oneof(
  altered(documents),
  fc.constantFrom(...documents), // the text itself is no hash
  fc.constantFrom(
    '{ viewer { email } }',
    '{a'.repeat(5_000),
    '{',
    'subscription { x }',
    '{ __schema { types { name } } }',
  ),
  fc.string({ minLength: 1, unit: 'binary' }),
)
const hash = fc
  .oneof(
    altered(hashes),
    fc.constantFrom(...hashes).map((known) => known.toUpperCase()),
    fc.constantFrom('', 'sha256:', 'constructor', '__proto__', 'toString'),
    fc.string({ unit: 'binary' }),
  )
  .filter((text) => !hashes.includes(text.replace(/^sha256:/, '')))

/** What is sent, and the code that it must be answered with. A parser would find another one in half of them. */
const request = fc.oneof(
  document.map((query) => ({ params: { query }, code: 'PERSISTED_QUERY_REQUIRED' })),
  fc
    .tuple(document, fc.constantFrom(...hashes))
    .map(([query, documentId]) => ({ params: { query, documentId }, code: 'PERSISTED_QUERY_REQUIRED' })),
  fc.tuple(document, fc.constantFrom(...hashes)).map(([query, sha256Hash]) => ({
    params: { query, ...persisted(sha256Hash) },
    code: 'PERSISTED_QUERY_REQUIRED',
  })),
  hash.map((documentId) => ({ params: { documentId }, code: 'PERSISTED_QUERY_NOT_FOUND' })),
  hash.map((sha256Hash) => ({ params: persisted(sha256Hash), code: 'PERSISTED_QUERY_NOT_FOUND' })),
)
const persisted = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })

test('documents of a stranger and altered hashes are refused before they are parsed, and ask no upstream', async () => {
  const { post, send, calls, contexts, session } = testApp()
  const cookie = await session.cookieOf('staff+finance+risk')
  const check = async (method: string, params: Record<string, unknown>, code: string) => {
    const variables = { id: 'p1001', ids: ['p1001'] }
    const search = `?${searchOf({ ...params, variables })}`
    // A longer address is refused for its length.
    const answer =
      method === 'GET' && search.length < 4_000
        ? await send({ search, headers: { cookie } })
        : await post({ ...params, variables }, 'staff')
    expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual([code])
    expect([answer.data ?? null, calls, contexts]).toEqual([null, {}, []])
  }
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom('GET', 'POST'), ({ params, code }, method) =>
      check(method, params, code),
    ),
    { numRuns: scaled(1_000, 10_000) },
  )
})

const searchOf = (params: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
