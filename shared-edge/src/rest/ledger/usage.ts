/** How often an app requested a route with a version of its schema. */
export type Usage = {
  /** `harbor/3.2.1 (ios)`; `unknown` without a version, `other` beyond the maximum number of apps. */
  app: string
  schemaVersion: number
  requests: number
  /** The last day of use, in UTC: YYYY-MM-DD. */
  lastSeen: string
}

/** Maximum number of distinct apps and versions per route, because anybody can claim to be any app. */
export const MOST_APPS = 200

/** When the maximum is reached, one that has not been seen for this many days is replaced by a new one. */
const FORGOTTEN_AFTER_DAYS = 180

export const OTHER = 'other'

/** The identity of a usage within its route. */
export const keyOf = ({ schemaVersion, app }: Pick<Usage, 'schemaVersion' | 'app'>): string =>
  `${schemaVersion} ${app}`

export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10)

/** Apps last seen before this day are dropped. */
export const forgottenBefore = (instant: Date): string =>
  dayOf(new Date(instant.getTime() - FORGOTTEN_AFTER_DAYS * 86_400_000))
