import type { Screen } from '../screen.ts'
import { checkoutSummaryScreen } from './checkout-summary.ts'
import { homeScreen } from './home.ts'
import { productScreen } from './product.ts'
import { productsScreen } from './products.ts'

/** Every screen that is served; a new one is added here and nowhere else. */
export const SCREENS: readonly Screen[] = [homeScreen, productScreen, productsScreen, checkoutSummaryScreen]
