import type { Document, Schema } from '../src/openapi/document.ts'

type Change = { view?: Schema; query?: Schema; queryRequired?: boolean; body?: Schema; operation?: object }

/** A document with one route, `GET /v1/thing`, that answers with a view. */
export function documentOf({ view, query, queryRequired = false, body, operation }: Change): Document {
  return {
    info: { version: '1.0.0' },
    components: { schemas: {}, headers: {}, parameters: {}, responses: {} },
    paths: {
      '/v1/thing': {
        get: {
          operationId: 'thing',
          'x-schema-version': 1,
          security: [],
          parameters: query ? [{ name: 'q', in: 'query', required: queryRequired, schema: query }] : [],
          ...(body && {
            requestBody: {
              required: false,
              content: { 'application/json': { schema: body } },
            },
          }),
          responses: {
            200: {
              headers: { ETag: { required: true } },
              content: { 'application/json': { schema: view ?? { type: 'object' } } },
            },
          },
          ...operation,
        },
      },
    },
  }
}
