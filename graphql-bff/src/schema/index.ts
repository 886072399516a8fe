import './browsing.ts'
import './category.ts'
import './customer.ts'
import './device.ts'
import './notification-added.ts'
import './order-status-changed.ts'
import './price.ts'
import './product.ts'
import './recommendation.ts'
import './review.ts'
import './stock.ts'
import './tables/index.ts'
import './stock-changed.ts'
import './viewer.ts'
import './mutations/index.ts'
import { builder } from '../builder.ts'

/** The web graph: one file a type or domain service, put together here. */
export const schema = builder.toSchema()
