import { fileURLToPath } from 'node:url'
import { CHECKOUT_REASONS } from '@harbor/shared-checkout'
import type { RestApi } from '@harbor/shared-contract/api'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { startMobile } from '../test/mobile.ts'

/** A day of the seed, so that relative labels are always the same. */
const NOW = new Date('2026-11-20T12:00:00Z')

/** The mobile API as its contract sees it. */
export const mobileApi = (screens: readonly Screen[] = SCREENS): RestApi => ({
  text: {
    title: 'Harbor mobile API',
    description:
      'Fields may be added to any answer, and codes to problems: a client passes over what it does not know. Nothing that is here is taken away while an app that uses it is served.',
    ifMatch:
      'ETags of the cart (of `/v1/cart`, or of a write to it): done only while one of them is right, else 412',
    reasons: CHECKOUT_REASONS,
    reasonExamples: { CHECKOUT_REFUSED: 'PAYMENT_DECLINED', CHECKOUT_CONFLICT: 'IN_CHECKOUT' },
  },
  screens,
  actions: ACTIONS,
  releases: fileURLToPath(new URL('./releases', import.meta.url)),
  now: NOW,
  async run(act) {
    const mobile = await startMobile({ screens, patient: true, now: () => NOW })
    const authorization = `Bearer ${mobile.demo.mobileAccessToken}`
    try {
      return await act({ request: (path, init) => mobile.app.request(path, init), authorization })
    } finally {
      await mobile.stop()
    }
  },
})
