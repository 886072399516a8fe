/** What went wrong, as the BFF says it; `retryable`: the same request may work in a moment. */
export type ProblemFacts = {
  readonly title: string
  readonly code: string
  readonly retryable: boolean
  readonly traceId: string | undefined
}

export class Problem extends Error {
  readonly facts: ProblemFacts
  constructor(facts: ProblemFacts, options?: ErrorOptions) {
    super(facts.title, options)
    this.facts = facts
  }
}

/** The facts of anything that was thrown; not our words: the server was not reached, or not understood. */
export const factsOf = (error: unknown): ProblemFacts =>
  error instanceof Problem
    ? error.facts
    : { title: 'The shop cannot be reached.', code: 'UNREACHABLE', retryable: true, traceId: undefined }
