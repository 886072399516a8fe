/** How often an app asked a route that answers with a version of its schema. */
export type Usage = {
  /** `harbor/3.2.1 (ios)`; `unknown` without a version, `other` beyond the most that are told apart. */
  app: string
  schemaVersion: number
  requests: number
  /** The last day on which it did, in UTC: YYYY-MM-DD. */
  lastSeen: string
}

/** So many apps and versions are told apart, a route: anybody may claim to be any app. */
export const MOST_APPS = 200

/** One that has not been seen for so many days gives up its place to a new one, when there is none left. */
const FORGOTTEN_AFTER_DAYS = 180

export const OTHER = 'other'

/** What tells one usage of a route from another. */
export const keyOf = ({ schemaVersion, app }: Pick<Usage, 'schemaVersion' | 'app'>): string =>
  `${schemaVersion} ${app}`

export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10)

/** The day before which an app counts as forgotten. */
export const forgottenBefore = (instant: Date): string =>
  dayOf(new Date(instant.getTime() - FORGOTTEN_AFTER_DAYS * 86_400_000))
