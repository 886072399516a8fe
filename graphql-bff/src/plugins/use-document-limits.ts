import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Plugin } from 'graphql-yoga'

const refuse = () => {
  throw new ProblemError('QUERY_TOO_COMPLEX')
}

/**
 * Bounds ad-hoc documents: tokens while they are read (10 KB of nested `{a` exhaust the stack otherwise),
 * then depth, aliases and directives. Persisted documents are ours and are not counted.
 */
export const useDocumentLimits = (): Plugin =>
  EnvelopArmorPlugin({
    maxTokens: { n: 1_000, onReject: [refuse] },
    maxDepth: { n: 12, onReject: [refuse] },
    maxAliases: { n: 15, onReject: [refuse] },
    maxDirectives: { n: 20, onReject: [refuse] },
    costLimit: { enabled: false }, // counted with the arguments, by use-cost.ts
    blockFieldSuggestion: { enabled: false }, // cut from every message, by use-problems.ts
  })
