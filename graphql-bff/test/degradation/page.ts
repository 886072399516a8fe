import type { Case, Trouble } from './cases.ts'

const TROUBLES: readonly Trouble[] = ['error', 'hang', 'malformed', 'unknown enum', 'one broken row']

/** The part of docs/degradation.md about the web BFF: what was seen, not what was meant. */
export function webDegradation(cases: readonly Case[]): string {
  const surprises = cases.filter(({ surprise }) => surprise !== undefined)
  return `## Web

Every persisted query, with every trouble at every upstream that it calls: ${cases.length} cases, ${surprises.length} surprises. Each answer was what the **nullability** of the schema promises, computed from the document and the whole answer: a nullable field that fails is \`null\`, with an error (\`code\`, \`traceId\`, \`retryable\`) and its name in \`extensions.degraded\`; a field that may not be \`null\` takes what is around it with it; no data at all is an HTTP error. Whatever has errors is \`no-store\`.

- **unknown enum**: every enum of the upstream has a value that the graph has no word for: it costs its own field. **one broken row**: the first row of each list is malformed: it costs itself. –: the operation shows no such value, or the answer is one entity.

| operation | upstream | ${TROUBLES.join(' | ')} | null |
|---|---|${TROUBLES.map(() => '---|').join('')}---|
${degradationRows(cases).join('\n')}
${surprises.map(({ operation, upstream, trouble, surprise }) => `\n- **Surprise**: ${operation}, ${upstream}, ${trouble}: ${surprise}`).join('')}`
}

/** A row of the table for each operation and upstream. */
export const degradationRows = (cases: readonly Case[]): string[] =>
  [...Map.groupBy(cases, ({ operation, upstream }) => `${operation} ${upstream}`).values()].map(row)

function row(cases: readonly Case[]): string {
  const [{ operation, upstream } = { operation: '', upstream: '' }] = cases
  const missing = new Set(cases.flatMap((one) => one.missing))
  const outcomes = TROUBLES.map((trouble) => cases.find((one) => one.trouble === trouble)?.outcome ?? '')
  const fields = [...missing].map((field) => `\`${field}\``).join(', ')
  return `| ${[operation, upstream, ...outcomes, fields].join(' | ')} |`
}
