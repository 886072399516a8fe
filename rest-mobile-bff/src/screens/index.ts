import type { Screen } from '@harbor/shared-edge/rest/screen'
import { cartScreen } from './cart.ts'
import { changesScreen } from './changes.ts'
import { checkoutSummaryScreen } from './checkout-summary.ts'
import { checkoutSummaryV1Screen } from './checkout-summary-v1.ts'
import { glanceScreen } from './glance.ts'
import { homeScreen } from './home.ts'
import { notificationsScreen } from './notifications.ts'
import { offlineBundleScreen } from './offline-bundle.ts'
import { orderScreen } from './order.ts'
import { ordersScreen } from './orders.ts'
import { productScreen } from './product.ts'
import { productsScreen } from './products.ts'
import { searchScreen } from './search.ts'

/** Every screen; add a new one here only. */
export const SCREENS = [
  homeScreen,
  glanceScreen,
  productScreen,
  productsScreen,
  searchScreen,
  cartScreen,
  checkoutSummaryScreen,
  checkoutSummaryV1Screen,
  ordersScreen,
  orderScreen,
  notificationsScreen,
  offlineBundleScreen,
  changesScreen,
] as const satisfies readonly Screen[]
