import { createHash } from 'node:crypto'
import { PRODUCT_LISTS } from '@harbor/shared-clients'
import { answered, targetOf } from '@harbor/shared-edge/caching/answered'
import type { PublicPolicy } from '@harbor/shared-edge/caching/cache-policy'
import type { Cdn } from '@harbor/shared-edge/caching/cdn'
import { type KeptAnswers, keepAnswers } from '@harbor/shared-edge/caching/kept-answers'
import { readQuery, withQuery } from '@harbor/shared-edge/http/query'
import { negotiationOf } from '@harbor/shared-edge/representation'
import { Body } from '@harbor/shared-edge/representation/body'
import { arrivalOf, requireTime, requireTimely } from '@harbor/shared-runtime/arrival'
import type { Cache } from '@harbor/shared-runtime/cache'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { type GraphQLSchema, printSchema } from 'graphql'
import type { Route } from '../http/route.ts'
import type { PersistedOperation, PersistedOperations } from '../persisted/operations.ts'
import type { OperationUsage } from '../persisted/usage.ts'
import { build, type Execute, Refused } from './build.ts'
import { canonicalVariables } from './canonical-variables.ts'

/** Where public queries are asked: an own path, so that caches in front can take the cookies off. */
const PUBLIC_PATH = '/graphql/public'

type Options = {
  schema: GraphQLSchema
  operations: PersistedOperations
  usage: OperationUsage
  execute: Execute
  /** Keeps finished answers; without it each request builds its own. */
  cache?: Cache | undefined
  /** The cache in front of this process, which is purged on changes. */
  cdn?: Cdn | undefined
  /** Milliseconds within which an operation is to be answered. */
  budgetMs: number
}

type Public = {
  operation: PersistedOperation
  policy: PublicPolicy
  tags: readonly string[]
  kept: KeptAnswers | undefined
}

const { InUrl, negotiate } = negotiationOf({
  json: 'application/json',
  graphql: 'application/graphql-response+json',
})
const KNOWN: ReadonlySet<string> = new Set(['documentId', 'variables', ...Object.keys(InUrl.shape)])

/**
 * Persisted queries of what everybody may see, by GET: negotiate → look up or build → conditional → respond, as the
 * screens of the mobile BFF. The session of the request is not looked at.
 */
export function publicGet({ schema, operations, usage, execute, cache, cdn, budgetMs }: Options): Route {
  const shape = createHash('sha256').update(printSchema(schema)).digest('base64url').slice(0, 22)
  const found = new Map<string, Public>()
  for (const operation of operations.byHash.values()) {
    const { policy, hash } = operation
    if (!policy) continue
    const kept = cache && keepAnswers(`web:${hash.slice(0, 16)}`, shape, policy, cache)
    found.set(hash, { operation, policy, tags: listTags(operation), kept })
  }
  return {
    path: PUBLIC_PATH,
    methods: ['GET', 'HEAD'],
    kind: 'asset',
    async handle(c) {
      const arrivedAt = arrivalOf(c.env?.incoming)
      const deadline = arrivedAt + budgetMs
      requireTime(deadline)
      const query = readQuery(c.req.url, KNOWN)
      const { operation, policy, tags, kept } = publicOf(query.documentId)
      const wanted = negotiate(c.req, query)
      const { values, inUrl } = canonicalVariables(schema, operation.document, query.variables)
      const address = withQuery(PUBLIC_PATH, [
        ['documentId', `sha256:${operation.hash}`],
        ['variables', inUrl],
      ])
      const isCanonical = targetOf(c) === withQuery(address, Object.entries(wanted.inUrl))
      const { trace, facts } = c.var
      facts?.is('operation', operation.name, budgetMs)
      let isCounted = false
      const built = async (signal: AbortSignal) => {
        isCounted = true // where it is executed
        const { locale, mediaType } = wanted
        const asked = { hash: operation.hash, variables: values, mediaType, locale, signal }
        const answer = await build(execute, asked, { trace, facts, arrivedAt })
        return { ...answer, tags: [...tags, ...answer.tags] }
      }
      try {
        const sourced = kept
          ? await kept({
              key: `${wanted.locale}:${wanted.mediaType}:${JSON.stringify(values)}`,
              deadline,
              trace,
              signal: () => c.req.raw.signal,
              build: built,
            })
          : await alone(built, c.req.raw.signal)
        if (!isCounted) usage.count(operation)
        requireTimely(deadline)
        const { answer, headers } = sourced
        if (facts) facts.degraded = answer.degraded
        return answered(c, {
          policy,
          wanted: { ...wanted, forAll: wanted.forAll && isCanonical },
          answer,
          headers,
          cdn,
        })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const { status, text, headers } = error.response
        return new Response(text, { status, headers })
      }
    },
  }

  function publicOf(documentId: string | undefined): Public {
    if (documentId === undefined) throw new ProblemError('PERSISTED_QUERY_REQUIRED')
    const hash = documentId.replace(/^sha256:/, '')
    const known = found.get(hash)
    if (known) return known
    throw operations.byHash.has(hash)
      ? new ProblemError(
          'NOT_FOUND',
          `${PUBLIC_PATH} answers what everybody may see. Ask for this operation at /graphql.`,
        )
      : new ProblemError('PERSISTED_QUERY_NOT_FOUND')
  }
}

async function alone(
  build: (signal: AbortSignal) => ReturnType<Parameters<KeptAnswers>[0]['build']>,
  signal: AbortSignal,
) {
  const { bytes, ...rest } = await build(signal)
  return { answer: { ...rest, body: new Body(bytes) }, headers: {} }
}

/** A page of products changes with any product. */
const listTags = ({ fanOut }: PersistedOperation): string[] =>
  (['catalog.list', 'catalog.search', 'catalog.categories'] as const).some((call) => fanOut.has(call))
    ? [PRODUCT_LISTS]
    : []
