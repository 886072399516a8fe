import type { Action } from '@harbor/shared-edge/rest/action'
import { addToCartAction } from './add-to-cart.ts'
import { changeCartLineAction } from './change-cart-line.ts'
import { checkoutAction } from './checkout.ts'
import { notificationPreferencesAction } from './notification-preferences.ts'
import { removeCartLineAction } from './remove-cart-line.ts'

/** Every action; add a new one here only. */
export const ACTIONS = [
  addToCartAction,
  changeCartLineAction,
  removeCartLineAction,
  checkoutAction,
  notificationPreferencesAction,
] as const satisfies readonly Action[]
