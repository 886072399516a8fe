import { MANIFESTS_FOLDER, readManifests } from '../src/persisted/manifests.ts'
import { loadOperations } from '../src/persisted/operations.ts'
import { schema } from '../src/schema/index.ts'

/** What the repository's manifests hold. */
export const OPERATIONS = loadOperations(schema, readManifests(MANIFESTS_FOLDER))
