import { openApiDocument } from './openapi.ts'
import { SCREENS } from './screens/index.ts'

/** The files that are generated from this package, by their path from the repository's root. */
export const contracts = async (): Promise<Record<string, string>> => ({
  'rest-mobile-bff/openapi.json': `${JSON.stringify(openApiDocument(SCREENS), null, 2)}\n`,
})
