import { readFile } from 'node:fs/promises'
import { openApiDocument } from '@harbor/shared-contract/openapi'
import { answerOf, Document, parametersOf, routesOf } from '@harbor/shared-contract/openapi/document'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { productScreen } from '../src/screens/product.ts'
import { mobileApi } from './api.ts'

const source: unknown = JSON.parse(await readFile(new URL('../openapi.json', import.meta.url), 'utf8'))
const document = Document.parse(source)

describe('the document of the API', () => {
  it('is OpenAPI 3.1, by the schema that the OpenAPI Initiative publishes', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(Object(source)))
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(validator.version).toBe('3.1')
  })

  it('names every screen by GET and HEAD, with its scopes and the version of its schema', () => {
    for (const { path, access, version, deprecated } of SCREENS)
      for (const method of ['get', 'head'] as const) {
        const operation = document.paths[path]?.[method]
        expect(operation?.security).toEqual(access === 'public' ? [] : [{ bearer: access }, { dpop: access }])
        expect(operation?.['x-schema-version']).toBe(version)
        expect(operation?.['x-deprecated']).toEqual(deprecated)
      }
  })

  it('has an example of each answer, out of the seed, that its own schema allows', () => {
    const ajv = new Ajv2020({ strict: false })
    formats.default(ajv)
    ajv.addSchema(document, 'document', undefined, false)
    for (const { name, method, path, operation } of routesOf(document).filter(
      (route) => route.method === 'get',
    )) {
      const { example, schema } = contentOf(operation.responses[200])
      expect(example, name).toMatchObject({ degraded: [] })
      expect(schema, name).toBeDefined()
      const place = `paths/${path.replaceAll('/', '~1')}/${method}/responses/200/content/application~1json/schema`
      const validate = ajv.getSchema(`document#/${encodeURI(place)}`)
      expect([name, validate?.(example), validate?.errors]).toEqual([name, true, null])
    }
  })

  it('names every action, with its scopes, its key and the problems that it may answer', () => {
    for (const { method, path, access, version, status, problems = [] } of ACTIONS) {
      const about = `${method} ${path}`
      const operation = routesOf(document).find(({ name }) => name === about)?.operation
      if (!operation) throw new Error(`${about} is not in the document`)
      expect(operation.security).toEqual([{ bearer: access }, { dpop: access }])
      expect(operation['x-schema-version']).toBe(version)
      expect(parametersOf(document, operation)).toContainEqual(
        expect.objectContaining({ in: 'header', name: 'Idempotency-Key', required: true }),
      )
      expect(Object.keys(answerOf(document, operation, status)?.headers ?? {}), about).toEqual(
        expect.arrayContaining(['Idempotency-Replayed', 'Schema-Version', 'X-Trace-Id', 'RateLimit']),
      )
      const named = JSON.stringify(operation.responses)
      for (const code of [...problems, 'IDEMPOTENCY_KEY_REQUIRED', 'IDEMPOTENCY_KEY_REUSED', 'IN_PROGRESS'])
        expect(named, about).toContain(code)
    }
  })

  it('promises on each 304 the headers of its 200, and names the problems that a route may answer', () => {
    for (const { operation } of routesOf(document).filter(({ method }) => ['get', 'head'].includes(method))) {
      const headers = (status: number) => Object.keys(answerOf(document, operation, status)?.headers ?? {})
      expect(headers(304)).toEqual(headers(200))
      expect(headers(200)).toEqual(
        expect.arrayContaining(['ETag', 'Cache-Control', 'Schema-Version', 'Vary']),
      )
    }
    const statuses = (path: string) => Object.keys(document.paths[path]?.get?.responses ?? {})
    expect(statuses('/v1/home')).toEqual(expect.arrayContaining(['401', '403', '426', '429', '503']))
    expect(statuses('/v1/products')).not.toContain('401')
    expect(statuses('/v1/products/{id}')).toContain('404')
  })
})

it('no document is made of what it could not say', () => {
  const query = z.object({ sort: z.string().regex(/^(up|down)$/i) })
  expect(() => openApiDocument(mobileApi([{ ...productScreen, query }]))).toThrow(
    'the API document cannot say:\nproduct sort: the pattern /^(up|down)$/i has flags',
  )
})

const contentOf = (response: Document['components']['responses'][string] | { $ref: string } | undefined) =>
  (response && 'content' in response ? response.content['application/json'] : undefined) ?? {
    example: undefined,
    schema: undefined,
  }
