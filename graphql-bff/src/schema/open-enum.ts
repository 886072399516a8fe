import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../builder.ts'

type Options<Word extends string> = {
  description: string
  /** The values of the graph's enum, each with the upstream values that it stands for. As a filter, the first is sent. */
  words: Readonly<Record<Word, string | readonly [string, ...string[]]>>
}

/**
 * Declares an enum in words of our own for values of an upstream, which may get new ones any day: a value without
 * a word costs the field that shows it, which is nullable for that reason.
 */
export function openEnum<Word extends string>(name: string, { description, words }: Options<Word>) {
  const entries = Object.entries<string | readonly [string, ...string[]]>(words)
  // A literal type for each key, which `Object.keys` forgets.
  const names = Object.keys(words) as Word[]
  const wordOf = new Map<string, Word>()
  const upstreamOf = new Map<string, string>()
  for (const [index, [word, given]] of entries.entries()) {
    const values = typeof given === 'string' ? [given] : given
    upstreamOf.set(word, values[0] ?? '')
    for (const value of values) wordOf.set(value, names[index] as Word)
  }

  /** The upstream's value for a word, as a filter of a list. */
  function value(word: Word): string
  function value(word: Word | null | undefined): string | undefined
  function value(word: Word | null | undefined): string | undefined {
    return word ? upstreamOf.get(word) : undefined
  }

  return {
    type: builder.enumType(name, { description, values: names }),
    /** @throws {ProblemError} `UNKNOWN_VALUE` for a value that this graph has no word for */
    word(value: string): Word {
      const word = wordOf.get(value)
      if (word === undefined)
        throw new ProblemError('UNKNOWN_VALUE', `${name} has no word for the value of the service.`)
      return word
    },
    value,
  }
}
