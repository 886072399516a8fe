/** Reads a number from the environment, so that tests can run a scaled-down bench. */
export function count(name: string, standard: number): number {
  const given = process.env[name]
  if (given === undefined || given === '') return standard
  if (!/^\d+$/.test(given)) throw new TypeError(`${name}: given ${given}; allowed: a whole number`)
  return Number(given)
}

/** Milliseconds that a test on a shared machine allows above a target; none in a real run. */
export const SLACK_MS = count('SLACK_MS', 0)

export const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

export type Finding = {
  figure: string
  promise: string
  /** Absent if there is no target. */
  holds?: boolean
}

/** Prints each figure beside its target; the process exits with 1 when one is missed. */
export function report(findings: readonly Finding[]): void {
  for (const { figure, promise, holds } of findings) {
    const verdict = holds === undefined ? 'shown ' : holds ? 'holds ' : 'BROKEN'
    console.log(`${verdict} ${figure} (promised: ${promise})`)
    if (holds === false) process.exitCode = 1
  }
}
