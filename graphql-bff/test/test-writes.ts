import { openWrites } from '@harbor/shared-checkout'
import { createLog } from '@harbor/shared-runtime/log'
import { sealOf } from '@harbor/shared-runtime/seal'

// Made once: hundreds of operations are executed with tools of their own.
const log = createLog('test', 'silent')
const seal = sealOf({})

/** Tools of writes in memory; their parts are not started, so nothing is recovered. */
export const testWrites = (clients: Parameters<typeof openWrites>[0]['clients']) =>
  openWrites({ name: 'test', clients, seal, log })
