/** Hono over undici's pools, with zod for what comes in and for what goes out, as its documentation recommends. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { homeScreen } from '../../rest-mobile-bff/src/screens/home.ts'
import { Cart } from '../../shared-clients/src/services/cart.ts'
import { Customer } from '../../shared-clients/src/services/customers.ts'
import { Notification } from '../../shared-clients/src/services/notifications.ts'
import { Order } from '../../shared-clients/src/services/orders.ts'
import { Recommendation } from '../../shared-clients/src/services/recommendations.ts'
import { callsOfHome, homeView, ready } from './duties.ts'
import { getByPool } from './pools.ts'

const Answers = z.object({
  customer: Customer,
  cart: Cart,
  orders: z.object({ items: z.array(Order) }),
  recommendations: z.object({ items: z.array(Recommendation) }),
  notifications: z.object({ items: z.array(Notification), unreadCount: z.int().nonnegative() }),
})

const app = new Hono()
app.get('/v1/home', async (c) => {
  const answers = Answers.parse(await callsOfHome(c.req.header('authorization'), getByPool))
  return c.json(homeScreen.view.parse(homeView(answers)))
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => ready(port))
