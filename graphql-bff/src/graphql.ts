import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import { createYoga } from 'graphql-yoga'
import type { RequestState } from './context.ts'
import type { PersistedOperations } from './operations.ts'
import { useBodyLimit } from './plugins/use-body-limit.ts'
import { useContext } from './plugins/use-context.ts'
import { useCost } from './plugins/use-cost.ts'
import { useDocumentLimits } from './plugins/use-document-limits.ts'
import { useHttpRules } from './plugins/use-http-rules.ts'
import { usePersistedDocuments } from './plugins/use-persisted-documents.ts'
import { useProblems } from './plugins/use-problems.ts'
import { useViewer } from './plugins/use-viewer.ts'
import { schema } from './schema/index.ts'
import type { UpstreamSet } from './upstreams.ts'

type Options = {
  clients: UpstreamSet
  verify: TokenVerifier
  log: Log
  operations: PersistedOperations
  allowAdhoc: boolean
  budgetMs: number
}

/** The GraphQL endpoint: its plugins in the order of the life of a request. */
export const createGraphql = ({ clients, verify, log, operations, allowAdhoc, budgetMs }: Options) =>
  createYoga<RequestState>({
    schema,
    plugins: [
      useHttpRules(),
      useBodyLimit(),
      useViewer(verify),
      usePersistedDocuments({ operations, allowAdhoc }),
      ...(allowAdhoc ? [useDocumentLimits()] : []),
      useCost(),
      useContext({ clients, budgetMs }),
      useProblems(log),
    ],
    maxRequestBodySize: false, // use-body-limit.ts
    maskedErrors: false, // use-problems.ts masks, and knows the trace
    parserAndValidationCache: allowAdhoc,
    graphiql: allowAdhoc,
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: yogaLog(log),
  })

/** Yoga's own words are of interest to who works on this process only. */
const yogaLog = (log: Log) => {
  const write = (...words: unknown[]) => log.debug({ yoga: words }, 'yoga')
  return { debug: () => {}, info: write, warn: write, error: write }
}
