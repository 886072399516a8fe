import { type DefineAction, defineAction } from './action.ts'
import type { Kit } from './kit.ts'
import { type DefineScreen, defineScreen } from './screen.ts'

/**
 * `defineScreen` and `defineAction` for one BFF, bound to its clients, format and tools.
 * @example
 * export const { defineScreen, defineAction } = definitionsOf<{ clients: Clients; format: Format; tools: Tools }>()
 */
export const definitionsOf = <K extends Kit>(): {
  defineScreen: DefineScreen<K>
  defineAction: DefineAction<K>
} => ({ defineScreen, defineAction })
