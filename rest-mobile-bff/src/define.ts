import type { ShopWrites } from '@harbor/shared-checkout'
import { definitionsOf } from '@harbor/shared-edge/rest/definitions'
import type { Clients } from './clients.ts'
import type { Format } from './format/index.ts'

/** Tools for an action beside the clients of its request. */
type Tools = Pick<ShopWrites, 'checkout' | 'analytics'>

/** What this BFF passes to its screens and actions. */
export type MobileKit = { clients: Clients; format: Format; tools: Tools }

export const { defineScreen, defineAction } = definitionsOf<MobileKit>()
