import {
  defaultExtractPersistedOperationId,
  usePersistedOperations,
} from '@graphql-yoga/plugin-persisted-operations'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Plugin } from 'graphql-yoga'
import type { PersistedOperations } from '../persisted/operations.ts'
import type { OperationUsage } from '../persisted/usage.ts'

type Options = {
  operations: PersistedOperations
  usage: OperationUsage
  /** Whether documents outside the manifest are taken, too. */
  allowAdhoc: boolean
}

/**
 * Looks the operation up by its hash; anything else is refused before the parser sees it. The hash comes as
 * `extensions.persistedQuery.sha256Hash` or as `documentId`, in a POST body or a GET query.
 */
export const usePersistedDocuments = ({ operations, usage, allowAdhoc }: Options): Plugin =>
  usePersistedOperations({
    allowArbitraryOperations: allowAdhoc,
    skipDocumentValidation: true, // validated when the process started
    extractPersistedOperationId: (params, request) =>
      defaultExtractPersistedOperationId(params, request, {}) ?? documentId(params, request),
    getPersistedOperation(hash) {
      const operation = operations.byHash.get(hash)
      if (!operation) return null
      usage.count(operation)
      return operation.document
    },
    customErrors: {
      notFound: () => new ProblemError('PERSISTED_QUERY_NOT_FOUND'),
      keyNotFound: () => new ProblemError('PERSISTED_QUERY_REQUIRED'),
      persistedQueryOnly: () => new ProblemError('PERSISTED_QUERY_REQUIRED'),
    },
  })

/** `sha256:<hex>`, or the hash alone. */
function documentId(params: object, request: Request): string | null {
  const id =
    request.method === 'GET'
      ? new URL(request.url).searchParams.get('documentId')
      : 'documentId' in params && params.documentId
  return typeof id === 'string' ? id.replace(/^sha256:/, '') : null
}
