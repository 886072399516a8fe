import type { Action } from '@harbor/shared-edge/rest/action'
import type { Problem, RestClient } from '@harbor/shared-edge/rest/api-type'
import { createRestApp, type RestDependencies } from '@harbor/shared-edge/rest/rest-app'
import { routesOf } from '@harbor/shared-edge/rest/routes'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { ACTIONS } from './actions/index.ts'
import type { MobileKit } from './define.ts'
import { createFormat } from './format/index.ts'
import { SCREENS } from './screens/index.ts'

export type { Problem }

/** All routes as a type: `hc<MobileApi>(address)` knows every path, parameter and answer. */
export type MobileApi = RestClient<typeof SCREENS, typeof ACTIONS>

export type Dependencies = Omit<
  RestDependencies<MobileKit>,
  'namespace' | 'createFormat' | 'title' | 'document' | 'routes'
> & { screens?: readonly Screen[]; actions?: readonly Action[] }

/** Generated, and checked against the code. */
const DOCUMENT = new URL('../openapi.json', import.meta.url)

/** Every route of the mobile API. */
export const apiRoutes = (screens: readonly Screen[] = SCREENS, actions: readonly Action[] = ACTIONS) =>
  routesOf<MobileKit>(screens, actions)

/** The mobile API: its screens and actions on the REST engine, and no I/O of its own. */
export const createApp = ({ screens, actions, ...rest }: Dependencies) =>
  createRestApp<MobileKit>({
    namespace: 'mobile',
    title: 'Harbor mobile API',
    document: DOCUMENT,
    routes: apiRoutes(screens, actions),
    createFormat,
    ...rest,
  })
