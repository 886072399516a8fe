/** Every address of the page. The build writes them down for the server, which answers nothing else. */
export const PATHS = {
  home: '/',
  product: '/products/$id',
  cart: '/cart',
  orders: '/orders',
} as const
