import type { GrpcMethods } from '../grpc-service.ts'
import type { Routes } from '../routes.ts'
import type { ServiceName } from '../service-names.ts'
import type { World } from '../world/index.ts'
import { analyticsRoutes } from './analytics.ts'
import { cartRoutes } from './cart.ts'
import { catalogRoutes } from './catalog.ts'
import { customersRoutes } from './customers.ts'
import { fraudRoutes } from './fraud.ts'
import { INVENTORY_PROTO, inventoryMethods } from './inventory.ts'
import { notificationsRoutes } from './notifications.ts'
import { ordersRoutes } from './orders.ts'
import { paymentsRoutes } from './payments.ts'
import { PRICING_PROTO, pricingMethods } from './pricing.ts'
import { promotionsRoutes } from './promotions.ts'
import { recommendationsRoutes } from './recommendations.ts'
import { reviewsRoutes } from './reviews.ts'
import { shippingRoutes } from './shipping.ts'
import { taxRoutes } from './tax.ts'
import { telemetryRoutes } from './telemetry.ts'

type GrpcService = { proto: { file: string; service: string }; methods: (world: World) => GrpcMethods }

/** The services over HTTP; identity is not made of routes and has a place of its own. */
export const HTTP_SERVICES: Partial<Record<ServiceName, (world: World) => Routes>> = {
  catalog: catalogRoutes,
  promotions: promotionsRoutes,
  reviews: reviewsRoutes,
  recommendations: recommendationsRoutes,
  customers: customersRoutes,
  cart: cartRoutes,
  orders: ordersRoutes,
  payments: paymentsRoutes,
  shipping: shippingRoutes,
  tax: taxRoutes,
  fraud: fraudRoutes,
  notifications: notificationsRoutes,
  analytics: analyticsRoutes,
  telemetry: telemetryRoutes,
}

export const GRPC_SERVICES: Partial<Record<ServiceName, GrpcService>> = {
  inventory: { proto: INVENTORY_PROTO, methods: inventoryMethods },
  pricing: { proto: PRICING_PROTO, methods: pricingMethods },
}
