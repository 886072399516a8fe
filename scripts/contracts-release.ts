/**
 * Records the current mobile API under `rest-mobile-bff/contract/releases/<version>/`: its document, and the answers
 * to a sample of each route. From then on `pnpm check` and `pnpm test` verify the code against it.
 */

import { mobileApi } from '../rest-mobile-bff/contract/api.ts'
import { brokenContracts } from '../shared-contract/src/contract.ts'
import { recordRelease } from '../shared-contract/src/releases/record-release.ts'

const [version = ''] = process.argv.slice(2)
const broken = await brokenContracts(mobileApi(), new Date().toISOString().slice(0, 10))
if (broken.length > 0) {
  console.error(broken.join('\n'))
  process.exit(1)
}
try {
  console.log(`kept: ${await recordRelease(mobileApi(), version)}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
