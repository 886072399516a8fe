import { builder } from '../../builder.ts'

/** Orders that a service can give: its name for each, by a word of the graph. */
export type Sorts = Readonly<Record<string, string>>

/** Declares the input type of a table's orders. */
export const sortInput = (row: string, sorts: Sorts) =>
  builder.inputType(`${row}SortInput`, {
    description: 'The order of the rows.',
    fields: (t) => ({
      by: t.field({
        type: builder.enumType(`${row}Sort`, {
          description: 'What the rows can be ordered by.',
          values: Object.keys(sorts),
        }),
        required: true,
        description: 'Rows that are equal in it are in the order of their ids.',
      }),
      descending: t.boolean({ required: true, defaultValue: false, description: 'The greatest first.' }),
    }),
  })

/** The order as the service takes it; `undefined`: its usual one. */
export function sortBy(
  sorts: Sorts,
  given: { readonly by: string; readonly descending: boolean } | null | undefined,
): string | undefined {
  if (!given) return undefined
  const name = new Map(Object.entries(sorts)).get(given.by)
  return name && given.descending ? `-${name}` : name
}
