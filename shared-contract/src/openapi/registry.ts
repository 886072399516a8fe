import { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi'
import type { ApiText } from '../api.ts'
import { type Announced, HEADERS, screenHeaders } from './headers.ts'
import { PARAMETERS } from './parameters.ts'
import { problemSchema } from './problems.ts'

const text = { type: 'string' } as const

/** A registry with everything that more than one route refers to. */
export function createRegistry(api: ApiText): OpenAPIRegistry {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the customer, with the scopes that the route names',
  })
  registry.registerComponent('securitySchemes', 'dpop', {
    type: 'http',
    scheme: 'dpop',
    description:
      'An access token that is bound to a key, with a proof of that key in the DPoP header (RFC 9449)',
  })
  registry.register('Problem', problemSchema(api))
  for (const [name, header] of Object.entries(HEADERS))
    registry.registerComponent('headers', name, { schema: text, ...header })
  const ofRevision = api.ifMatch !== undefined && { description: api.ifMatch }
  for (const [name, parameter] of Object.entries(PARAMETERS))
    registry.registerComponent('parameters', name, {
      in: 'header',
      schema: text,
      ...parameter,
      ...(name === 'IfMatch' && ofRevision),
    })
  return registry
}

/** The answers of a screen that have no body: that of a HEAD, and that of a condition that holds. */
export function withoutBody(registry: OpenAPIRegistry, screen: Announced) {
  const kind = screen.deprecated ? 'OfDeprecated' : ''
  const headers = screenHeaders(screen)
  const shared = (name: string, description: string) => {
    registry.registerComponent('responses', `${name}${kind}`, { description, headers })
    return { $ref: `#/components/responses/${name}${kind}` }
  }
  return {
    known: shared('HeadersAlone', 'The headers of the screen, without it'),
    unchanged: shared('Unchanged', 'What you have (`If-None-Match`) is still right'),
  }
}
