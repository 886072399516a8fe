import { extendZodWithOpenApi, OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi'
import { PROBLEMS } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import type { Screen } from './screen.ts'

extendZodWithOpenApi(z)

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.enum(Object.keys(PROBLEMS)),
    retryable: z.boolean(),
    traceId: z.string(),
  })
  .meta({ id: 'Problem' })

/** The OpenAPI 3.1 document of the screens: nothing in it is written twice. */
export function openApiDocument(screens: readonly Screen[]) {
  const registry = new OpenAPIRegistry()
  registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  for (const { name, path, summary, access, params, query, view } of screens)
    registry.registerPath({
      method: 'get',
      path,
      operationId: name,
      summary,
      security: access === 'public' ? [] : [{ bearer: [] }],
      request: { params, query },
      responses: {
        200: { description: 'The screen', content: { 'application/json': { schema: view } } },
        304: { description: 'What you have (`If-None-Match`) is still right' },
        default: {
          description: 'A problem (RFC 9457)',
          content: { 'application/problem+json': { schema: Problem } },
        },
      },
    })
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Harbor mobile API', version: '1.0.0' },
  })
}
