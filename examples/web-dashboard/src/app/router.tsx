import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { HomePage } from '../home/home-page.tsx'
import { NotFound, PageError } from './page-error.tsx'
import { PATHS } from './paths.ts'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const at = () => root

const home = createRoute({ getParentRoute: at, path: PATHS.home, component: HomePage })
const product = createRoute({
  getParentRoute: at,
  path: PATHS.product,
  component: lazyRouteComponent(() => import('../product/product-page.tsx'), 'ProductPage'),
})
const cart = createRoute({
  getParentRoute: at,
  path: PATHS.cart,
  component: lazyRouteComponent(() => import('../cart/cart-page.tsx'), 'CartPage'),
})
const orders = createRoute({
  getParentRoute: at,
  path: PATHS.orders,
  component: lazyRouteComponent(() => import('../orders/orders-page.tsx'), 'OrdersPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([home, product, cart, orders]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
})

// A new page begins at its top; back and forward are the browser's.
router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
  if (!pathChanged || !fromLocation) return
  scrollTo({ top: 0 })
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
