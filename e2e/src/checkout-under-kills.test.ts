import { describeCheckoutUnderKills } from './checkout-under-kills.ts'
import { mobileFront } from './shop-fronts.ts'

describeCheckoutUnderKills(mobileFront)
