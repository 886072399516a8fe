import { acceptedMediaTypes } from '@harbor/shared-edge/negotiation'
import { type DocumentNode, execute, getOperationAST, visit } from 'graphql'
import type { Plugin, YogaInitialContext } from 'graphql-yoga'

/** The preferred of these decides; the others are there to be preferred. */
const TYPES = [
  'application/graphql-response+json',
  'application/json',
  'text/event-stream',
  'multipart/mixed',
]

/**
 * Defers parts of queries for consumers that prefer `multipart/mixed`, and for them alone. For all others, and in
 * writes, the engine of GraphQL executes the whole, as if nothing were deferred.
 */
export function useDefer(): Plugin<YogaInitialContext> {
  const known = new WeakMap<DocumentNode, boolean>()
  const isDeferred = (document: DocumentNode): boolean => {
    const found = known.get(document) ?? defers(document)
    known.set(document, found)
    return found
  }
  return {
    onExecute({ args: { document, operationName, contextValue }, setExecuteFn }) {
      if (!isDeferred(document)) return
      const isQuery = getOperationAST(document, operationName)?.operation === 'query'
      const [preferred] = acceptedMediaTypes(contextValue.request.headers.get('accept'), TYPES)
      if (!isQuery || preferred !== 'multipart/mixed') setExecuteFn(execute)
    },
  }
}

function defers(document: DocumentNode): boolean {
  let found = false
  visit(document, {
    Directive({ name }) {
      if (name.value === 'defer') found = true
    },
  })
  return found
}
