/** Every address of the page. The build writes them down for the server, which answers nothing else. */
export const PATHS = {
  home: '/',
  category: '/categories/$id',
  search: '/search',
  product: '/products/$id',
  cart: '/cart',
  checkout: '/checkout',
  orders: '/orders',
  order: '/orders/$number',
  notifications: '/notifications',
  table: '/tables/$table',
} as const
