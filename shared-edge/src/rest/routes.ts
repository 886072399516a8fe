import type { z } from 'zod'
import type { Action, Method } from './action.ts'
import type { Kit } from './kit.ts'
import type { Screen } from './screen.ts'

type Objects = z.ZodObject
type ScreenOf<K extends Kit> = Screen<string, Objects, Objects, Objects, K>
type ActionOf<K extends Kit> = Action<Method, string, 200 | 201, Objects, Objects, Objects, K>

/** A screen or an action, with its method. */
export type Route<K extends Kit = Kit> = (ScreenOf<K> & { readonly method: 'GET' }) | ActionOf<K>

/** Everything with a path: served, counted and announced in the same way. */
export const routesOf = <K extends Kit>(
  screens: readonly ScreenOf<K>[],
  actions: readonly ActionOf<K>[],
): Route<K>[] => [...screens.map((screen) => ({ ...screen, method: 'GET' as const })), ...actions]
