import { ProblemError } from '@harbor/shared-runtime/problems'
import type { InputFieldRef } from '@pothos/core'
import { builder, type GraphTypes } from '../../builder.ts'
import { assertId, assertWords } from '../limits.ts'
import type { openEnum } from '../open-enum.ts'

type InputFields = PothosSchemaTypes.InputFieldBuilder<GraphTypes, 'InputObject'>

/** A way to leave rows out by a value of the graph. */
export type Filter<Value> = {
  readonly input: (t: InputFields) => InputFieldRef<GraphTypes, unknown>
  /** The value as the service takes it. @throws {ProblemError} `INVALID_REQUEST` for one that no row can have */
  readonly asked: (given: unknown) => Value
}

export const byId = (description: string): Filter<string> => ({
  input: (t) => t.id({ description }),
  asked(given) {
    const id = String(given)
    assertId(id)
    return id
  },
})

export const byWords = (description: string): Filter<string> => ({
  input: (t) => t.string({ description: `${description} 1 to 100 characters.` }),
  asked(given) {
    const words = String(given)
    assertWords(words)
    return words.trim()
  },
})

/** By a word of an enum, which stands for the first of the values that it is the word for. */
export const byWord = <Word extends string>(
  { type, value }: Pick<ReturnType<typeof openEnum<Word>>, 'type' | 'value'>,
  description: string,
): Filter<string | undefined> => ({
  input: (t) => t.field({ type, description }),
  // The graph has checked that it is one.
  asked: (given) => value(given as Word),
})

export const byCount = (
  description: string,
  { least, most }: { least: number; most: number },
): Filter<number> => ({
  input: (t) => t.int({ description: `${description} ${least} to ${most}.` }),
  asked(given) {
    const count = Number(given)
    if (count < least || count > most)
      throw new ProblemError('INVALID_REQUEST', `A filter is ${count}; allowed is ${least} to ${most}.`)
    return count
  },
})

export type Filters = Readonly<Record<string, Filter<unknown>>>

/** What the filters of a table come to for its service: those that are given. */
export type Asked<Given extends Filters> = { [Name in keyof Given]?: ReturnType<Given[Name]['asked']> }

/** Declares the input type of a table's filters. */
export const filterInput = (name: string, filters: Filters) =>
  builder.inputType(name, {
    description: 'Rows that all of these fit.',
    fields: (t) =>
      Object.fromEntries(Object.entries(filters).map(([field, filter]) => [field, filter.input(t)])),
  })

/** @throws {ProblemError} `INVALID_REQUEST` for a value that no row can have */
export function askedBy<Given extends Filters>(
  filters: Given,
  given: Readonly<Record<string, unknown>> | null | undefined,
): Asked<Given> {
  const values = Object.entries(filters).flatMap(([name, { asked }]) => {
    const value = given?.[name]
    return value === null || value === undefined ? [] : [[name, asked(value)]]
  })
  return Object.fromEntries(values)
}
