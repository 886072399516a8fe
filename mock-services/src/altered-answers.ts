/** The fields whose values are of an enum, in every service. */
const ENUMS: ReadonlySet<string> = new Set(['status', 'kind', 'loyaltyTier', 'moderationState', 'warehouse'])

/** An answer of which one part is not as agreed. @param broken makes a malformed row of a row */
export const altered = (
  answer: unknown,
  how: 'broken row' | 'unknown enum',
  broken: (row: unknown) => unknown,
): unknown => (how === 'broken row' ? withBrokenRow(answer, broken) : withUnknownEnums(answer))

/** Rows are called `items` in every service; what has none is one entity, and stays whole. */
function withBrokenRow(answer: unknown, broken: (row: unknown) => unknown): unknown {
  if (!answer || typeof answer !== 'object' || !('items' in answer)) return answer
  const { items } = answer
  return Array.isArray(items) && items.length > 0
    ? { ...answer, items: [broken(items[0]), ...items.slice(1)] }
    : answer
}

function withUnknownEnums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownEnums)
  if (!value || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      // A word that a plain object would find.
      ENUMS.has(key) && typeof inner === 'string' ? 'constructor' : withUnknownEnums(inner),
    ]),
  )
}
