import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { HomePage } from '../home/home-page.tsx'
import { tableSearch } from '../tables/asked.ts'
import { NotFound, PageError } from './page-error.tsx'
import { PATHS } from './paths.ts'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
const getParentRoute = () => root

const pages = [
  createRoute({ getParentRoute, path: PATHS.home, component: HomePage }),
  createRoute({
    getParentRoute,
    path: PATHS.category,
    component: lazyRouteComponent(() => import('../catalogue/category-page.tsx'), 'CategoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.search,
    validateSearch: ({ words }): { words: string } => ({ words: words === undefined ? '' : String(words) }),
    component: lazyRouteComponent(() => import('../search/search-page.tsx'), 'SearchPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.product,
    component: lazyRouteComponent(() => import('../product/product-page.tsx'), 'ProductPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.cart,
    component: lazyRouteComponent(() => import('../cart/cart-page.tsx'), 'CartPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.checkout,
    component: lazyRouteComponent(() => import('../checkout/checkout-page.tsx'), 'CheckoutPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.orders,
    component: lazyRouteComponent(() => import('../orders/orders-page.tsx'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.order,
    component: lazyRouteComponent(() => import('../orders/order-page.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.notifications,
    component: lazyRouteComponent(
      () => import('../notifications/notifications-page.tsx'),
      'NotificationsPage',
    ),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.table,
    validateSearch: tableSearch,
    component: lazyRouteComponent(() => import('../tables/tables-page.tsx'), 'TablesPage'),
  }),
] as const

export const router = createRouter({
  routeTree: root.addChildren(pages),
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
