import { describeCheckoutUnderKills } from './checkout-under-kills.ts'
import { webFront } from './shop-fronts.ts'

describeCheckoutUnderKills(webFront)
