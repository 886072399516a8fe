import type { PersistedOperation } from '../gen/operations.ts'
import { Problem, type ProblemFacts } from './problem.ts'
import { publicUrl } from './public-url.ts'
import { fieldsOf, send } from './send.ts'

/** A part of an answer that is not there, and why. */
export type MissingPart = ProblemFacts & { readonly path: string }

export type Answer<Data> = {
  readonly data: Data
  /** Optional parts that are `null` because of a failure, by their path, as `product.reviews`. */
  readonly missing: readonly MissingPart[]
}

/**
 * Calls an operation of the BFF by the hash that is built into the page: a query as GET, one of what everybody may see
 * under its public URL, a mutation as POST.
 * @throws {Problem} when there is no data at all
 */
export async function call<Data, Variables>(
  operation: PersistedOperation<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Answer<Data>> {
  const { hash, kind } = operation
  const documentId = `sha256:${hash}`
  const { json, traceId } = await (kind === 'query'
    ? send(
        publicUrl(operation, variables) ??
          `/graphql?${new URLSearchParams({ documentId, variables: JSON.stringify(variables) })}`,
        {
          ...(signal && { signal }),
        },
      )
    : send('/graphql', { method: 'POST', body: { documentId, variables } }))
  const { data, errors, title, code, retryable } = fieldsOf(json)
  const missing = Array.isArray(errors) ? errors.map((error) => missingPart(error, traceId)) : []
  if (isData<Data>(data)) return { data, missing }
  throw new Problem(
    missing[0] ?? {
      title: typeof title === 'string' ? title : 'Something went wrong.',
      code: typeof code === 'string' ? code : 'UNKNOWN',
      retryable: retryable === true,
      traceId,
    },
  )
}

/** The shape is the BFF's promise: the operation was validated against its schema when both were built. */
const isData = <Data>(data: unknown): data is Data => typeof data === 'object' && data !== null

function missingPart(error: unknown, traceId: string | undefined): MissingPart {
  const { message, path, extensions } = fieldsOf(error)
  const { code, retryable } = fieldsOf(extensions)
  return {
    title: typeof message === 'string' ? message : 'Not available just now.',
    code: typeof code === 'string' ? code : 'UNKNOWN',
    retryable: retryable === true,
    traceId,
    path: Array.isArray(path) ? path.join('.') : '',
  }
}

/** Why the part at a path, or something below it, is not there. */
export const missingAt = (answer: Answer<unknown>, path: string): MissingPart | undefined =>
  answer.missing.find((one) => one.path === path || one.path.startsWith(`${path}.`))
