/** What the address of a table says: its order, and which rows. */
export type TableSearch = {
  readonly sort?: string | undefined
  readonly descending?: boolean | undefined
  readonly filter?: Readonly<Record<string, string>>
}

/** Reads it out of an address, which anybody may have written. */
export const tableSearch = ({ sort, descending, filter }: Record<string, unknown>): TableSearch => ({
  ...(typeof sort === 'string' && { sort }),
  ...(descending === true && { descending }),
  ...(typeof filter === 'object' && filter !== null && { filter: textsOf(filter) }),
})

const textsOf = (filter: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filter).flatMap(([name, value]) =>
      typeof value === 'string' && value !== '' ? [[name, value]] : [],
    ),
  )

/** What a page of a table is asked for. */
export type Asked = {
  readonly first: number
  readonly filter: Readonly<Record<string, string | undefined>>
  readonly sort: string | undefined
  readonly descending: boolean
  readonly roles: readonly string[]
}

/** The word of these that an address names, if it is one. */
export const oneOf = <Word extends string>(
  words: readonly Word[],
  given: string | undefined,
): Word | undefined => words.find((word) => word === given)

/** The order as the graph takes it; none for a word that the table cannot be ordered by. */
export function orderOf<Word extends string>(words: readonly Word[], { sort, descending }: Asked) {
  const by = oneOf(words, sort)
  return by && { by, descending }
}
