import type { Action } from './action.ts'
import { ACTIONS } from './actions/index.ts'
import type { Screen } from './screen.ts'
import { SCREENS } from './screens/index.ts'

/** A screen or an action, with the method by which it is asked for. */
export type Route = (Screen & { readonly method: 'GET' }) | Action

/** Everything that is asked for by its path: what is served, counted and announced alike. */
export const apiRoutes = (
  screens: readonly Screen[] = SCREENS,
  actions: readonly Action[] = ACTIONS,
): Route[] => [...screens.map((screen) => ({ ...screen, method: 'GET' as const })), ...actions]
