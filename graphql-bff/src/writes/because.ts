import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'

type Reasons = { readonly [Code in UpstreamErrorCode]?: string }

/** Gives a final error of a call the reason by which the graph knows it. The service's words stay here. */
export async function because<T>(reasons: Reasons, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    const reason = error instanceof UpstreamError ? reasons[error.code] : undefined
    if (reason === undefined) throw error
    throw new ProblemError(toProblem(error).code, undefined, { cause: error, members: { reason } })
  }
}
