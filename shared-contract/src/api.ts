import type { Action } from '@harbor/shared-edge/rest/action'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import type { ProblemCode } from '@harbor/shared-runtime/problems'

/** What the document of an API says that its screens and actions do not. */
export type ApiText = {
  readonly title: string
  readonly description: string
  /** What `If-Match` is compared with, if not just with what is written to. */
  readonly ifMatch?: string
  /** What the `reason` of a problem may be, with its meaning. */
  readonly reasons: Readonly<Record<string, string>>
  /** The problems that have a `reason`, each with an example of it. */
  readonly reasonExamples: Readonly<Partial<Record<ProblemCode, string>>>
}

/** A running app: as its consumers reach it, and the `Authorization` of one who may ask for everything. */
export type RunningApp = {
  request(path: string, init: RequestInit): Response | Promise<Response>
  readonly authorization: string
}

/** A REST API whose contract is kept: what its document is made of, and how it is run. */
export type RestApi = {
  readonly text: ApiText
  readonly screens: readonly Screen[]
  readonly actions: readonly Action[]
  /** The folder of its releases. */
  readonly releases: string
  /** The time in the app that `run` starts. */
  readonly now: Date
  /** Runs an act against the app, newly started over services that answer the same each time. */
  run<T>(act: (app: RunningApp) => Promise<T>): Promise<T>
}
