import { answerOf, type Document, type Operation, routesOf } from '../openapi/document.ts'
import type { Incompatibility } from './compatibility.ts'
import { widening } from './widening.ts'

/**
 * The routes whose view has changed since the kept document, compatibly or not, with the same version: an app could
 * not tell by `Schema-Version` which of the two it has been sent.
 */
export function unraisedVersions(kept: Document, current: Document): Incompatibility[] {
  const routes = new Map(routesOf(current).map((route) => [route.name, route.operation]))
  return routesOf(kept).flatMap(({ name, operation: was }) => {
    const is = routes.get(name)
    const version = was['x-schema-version']
    if (!is || version === undefined || (is['x-schema-version'] ?? 0) > version) return []
    if ((is['x-schema-version'] ?? 0) === version && !differs(kept, was, current, is)) return []
    return [
      {
        route: name,
        change: `the view is another than in ${kept.info.version}, its version is ${is['x-schema-version']}`,
        why: 'Schema-Version could not tell the two apart.',
        instead: `Set its version to ${version + 1}.`,
      },
    ]
  })
}

function differs(kept: Document, was: Operation, current: Document, is: Operation): boolean {
  const views = (document: Document, operation: Operation) => ({
    schema: answerOf(document, operation, 200)?.schemas['application/json'] ?? {},
    components: document.components.schemas,
  })
  const before = views(kept, was)
  const after = views(current, is)
  // Closed to fields that it does not know, a view has those of the other only.
  return widening(after, before, 'input').length > 0 || widening(before, after, 'input').length > 0
}
