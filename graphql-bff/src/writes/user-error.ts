import type { ProblemError } from '@harbor/shared-runtime/problems'
import type { ObjectRef } from '@pothos/core'
import { builder, type GraphTypes } from '../builder.ts'

/** A type of error that the result of a mutation may be. */
export type UserErrorType = Options & {
  readonly name: string
  readonly type: ObjectRef<GraphTypes, Refused>
}

/** A write that was refused for a reason that its user can do something about. */
export class Refused {
  readonly error: UserErrorType
  readonly problem: ProblemError

  constructor(error: UserErrorType, problem: ProblemError) {
    this.error = error
    this.problem = problem
  }
}

const UserError = builder.interfaceRef<Refused>('UserError').implement({
  description:
    'A write that was refused, for a reason that its user can do something about. Nothing was written; the same key is answered the same.',
  fields: (t) => ({
    code: t.string({
      access: 'public',
      description: 'For machines; stable.',
      resolve: ({ problem }) => codeOf(problem),
    }),
    message: t.string({
      access: 'public',
      description: 'For people, in English: what is wrong. Never the words of a service.',
      resolve: ({ problem, error }) => problem.detail ?? error.message,
    }),
  }),
})

type Options = {
  description: string
  /** The reasons and codes of problems that it stands for. */
  on: readonly [string, ...string[]]
  /** What its user reads where the problem says nothing more specific. */
  message: string
}

/** Declares an error that the results of mutations may be. */
export const userError = (name: string, options: Options): UserErrorType => ({
  name,
  ...options,
  type: builder
    .objectRef<Refused>(name)
    .implement({ description: options.description, interfaces: [UserError] }),
})

/** What names a refusal: the reason where its code has several. */
export const codeOf = (problem: ProblemError): string => problem.reason ?? problem.code
