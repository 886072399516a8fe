import * as contract from '@harbor/shared-contract/contract'
import { screensPage } from '../test/screens-page.ts'
import { mobileApi } from './api.ts'

/** The files that are generated from this package, by their path from the repository's root. */
export const contracts = async (): Promise<Record<string, string>> => ({
  'docs/screens.md': await screensPage(),
  'rest-mobile-bff/openapi.json': await contract.documentFile(mobileApi()),
})

/** What is wrong with the document and with that of each release, one message each. */
export const documentFaults = (): Promise<string[]> => contract.documentFaults(mobileApi())

/**
 * What an app of the newest kept release would break on, one message each.
 * @param today YYYY-MM-DD
 */
export const brokenContracts = (today: string): Promise<string[]> =>
  contract.brokenContracts(mobileApi(), today)
