import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/documents.ts'
import type { Document, Schema } from '../openapi/document.ts'
import { incompatibilities } from './compatibility.ts'
import { unraisedVersions } from './schema-version.ts'

const TODAY = '2026-11-20'
const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
})
const text = { type: 'string' }
const changes = (kept: Document, current: Document) =>
  incompatibilities(kept, current, TODAY).map(({ change }) => change)

describe('an answer', () => {
  const cases: [rule: string, was: Schema, is: Schema, at: string][] = [
    ['field removed', text, undefined as never, 'x'],
    ['type changed', text, { type: 'integer' }, 'x'],
    ['type changed', { type: 'integer' }, { type: 'number' }, 'x'],
    ['type changed', text, { anyOf: [text, { type: 'integer' }] }, 'x'],
    ['null added', text, { type: ['string', 'null'] }, 'x'],
    ['null added', object({ a: text }), { anyOf: [object({ a: text }), { type: 'null' }] }, 'x'],
    ['value added', { type: 'string', enum: ['a'] }, { type: 'string', enum: ['a', 'b'] }, 'x'],
    ['value added', { const: 'a' }, { const: 'b' }, 'x'],
    ['value added', { type: 'string', enum: ['a'] }, text, 'x'],
    ['bound loosened', { type: 'integer', maximum: 9 }, { type: 'integer', maximum: 10 }, 'x'],
    ['bound loosened', { type: 'integer', minimum: 1 }, { type: 'integer' }, 'x'],
    ['format changed', { type: 'string', format: 'date-time' }, text, 'x'],
    ['format changed', { type: 'string', format: 'date' }, { type: 'string', format: 'date-time' }, 'x'],
    ['field removed', object({ a: text, b: text }), object({ a: text }), 'x.b'],
    ['field may be absent', object({ a: text }), object({ a: text }, []), 'x.a'],
    ['type changed', { type: 'array', items: text }, { type: 'array', items: { type: 'boolean' } }, 'x[]'],
    ['keyword changed', { type: 'array', uniqueItems: true }, { type: 'array' }, 'x'],
    [
      'type changed',
      { type: 'object', additionalProperties: text },
      { type: 'object', additionalProperties: { type: 'integer' } },
      'x{}',
    ],
  ]
  it.each(cases)('breaks an app: %s, from %j to %j', (rule, was, is, at) => {
    const [change, ...others] = changes(
      documentOf({ view: object({ x: was, y: text }) }),
      documentOf({ view: object(is === undefined ? { y: text } : { x: is, y: text }) }),
    )
    expect(change).toMatch(`${at}: ${rule}`)
    expect(others).toEqual([])
  })

  it('says what changed, why it breaks an app, and what to do instead', () => {
    const kept = documentOf({ view: object({ x: text }) })
    expect(incompatibilities(kept, documentOf({ view: object({}) }), TODAY)).toEqual([
      {
        route: 'GET /v1/thing',
        change: 'x: field removed (it is not there any more)',
        why: 'A shipped app reads it and finds nothing.',
        instead: expect.stringContaining('serve the new shape at a new path'),
      },
    ])
  })

  const additive: [string, Schema, Schema][] = [
    ['a field more', object({ x: text }), object({ x: text, y: text })],
    ['never null any more', object({ x: { type: ['string', 'null'] } }), object({ x: text })],
    ['a value less', object({ x: { enum: ['a', 'b'] } }), object({ x: { enum: ['a'] } })],
    ['a format more', object({ x: text }), object({ x: { ...text, format: 'uri' } })],
    ['another description', object({ x: text }), object({ x: { ...text, description: 'It' } })],
    ['always there now', object({ x: text }, []), object({ x: text })],
  ]
  it.each(additive)('may change so: %s', (_, was, is) => {
    expect(changes(documentOf({ view: was }), documentOf({ view: is }))).toEqual([])
  })

  it('must still be there, in its media type, with the headers that were promised', () => {
    const answer = (responses: object) => documentOf({ operation: { responses } })
    const json = { 'application/json': { schema: text } }
    const kept = answer({
      200: { headers: { ETag: { required: true } }, content: json },
      304: { headers: {}, content: {} },
    })
    const all = { 200: { headers: { ETag: { required: true } }, content: json } }
    expect(changes(kept, answer(all))).toEqual(['304 is not answered any more'])
    expect(
      changes(
        kept,
        answer({ ...kept.paths['/v1/thing']?.get?.responses, 200: { headers: {}, content: {} } }),
      ),
    ).toEqual(['header ETag of 200: not promised any more', 'application/json is not answered any more'])
  })

  it('is the same when a reference stands for it', () => {
    const view = {
      ...object({}),
      properties: { price: { $ref: '#/components/schemas/Money' } },
      required: ['price'],
    }
    const withMoney = (Money: Schema) => {
      const document = documentOf({ view })
      return { ...document, components: { ...document.components, schemas: { Money } } }
    }
    const kept = withMoney(object({ amount: { type: 'integer' } }))
    expect(
      changes(kept, documentOf({ view: object({ price: object({ amount: { type: 'integer' } }) }) })),
    ).toEqual([])
    expect(changes(kept, withMoney(object({ amount: { type: 'number' } })))).toEqual([
      'price.amount: type changed (number, where there was integer)',
    ])
  })
})

describe('an input', () => {
  const cases: [string, Parameters<typeof documentOf>[0], Parameters<typeof documentOf>[0]][] = [
    ['query parameter q: new, and required', {}, { query: text, queryRequired: true }],
    ['query parameter q: not known any more', { query: text }, {}],
    ['query parameter q: required now', { query: text }, { query: text, queryRequired: true }],
    ['query parameter q: type changed', { query: text }, { query: { type: 'integer' } }],
    [
      'query parameter q: bound tightened',
      { query: { type: 'integer', maximum: 50 } },
      { query: { type: 'integer', maximum: 20 } },
    ],
    ['query parameter q: value removed', { query: { enum: ['a', 'b'] } }, { query: { enum: ['a'] } }],
    ['query parameter q: format changed', { query: text }, { query: { ...text, pattern: '^a' } }],
    ['body, sku: field required', { body: object({}) }, { body: object({ sku: text }) }],
    ['body, sku: field required', { body: object({ sku: text }, []) }, { body: object({ sku: text }) }],
    ['body, sku: field removed', { body: object({ sku: text }, []) }, { body: object({}) }],
    [
      'body, sku: null removed',
      { body: object({ sku: { type: ['string', 'null'] } }) },
      { body: object({ sku: text }) },
    ],
    ['no body is taken any more', { body: text }, {}],
    ['a credential is needed now', {}, { operation: { security: [{ bearer: ['orders:read'] }] } }],
    [
      'the scope cart:read is needed now',
      { operation: { security: [{ bearer: ['orders:read'] }] } },
      { operation: { security: [{ bearer: ['orders:read', 'cart:read'] }] } },
    ],
  ]
  it.each(cases)('that is narrower breaks an app: %s', (change, was, is) => {
    expect(changes(documentOf(was), documentOf(is))).toEqual([change])
  })

  it.each([
    ['an optional parameter more', {}, { query: text }],
    [
      'a wider bound',
      { query: { type: 'integer', maximum: 20 } },
      { query: { type: 'integer', maximum: 50 } },
    ],
    ['an optional field more', { body: object({}) }, { body: object({ sku: text }, []) }],
    [
      'public now',
      { operation: { security: [{ bearer: ['orders:read'] }] } },
      { operation: { security: [] } },
    ],
  ])('may change so: %s', (_, was, is) => {
    expect(changes(documentOf(was), documentOf(is))).toEqual([])
  })
})

describe('a route', () => {
  const gone: Document = { ...documentOf({}), paths: {} }
  const deprecated = (sunset: string) =>
    documentOf({ operation: { 'x-deprecated': { since: '2026-01-01', sunset, successor: '/v2/thing' } } })

  it('may not go without notice, nor before its Sunset, but after it', () => {
    expect(changes(documentOf({}), gone)).toEqual([
      'the route is not there any more, and was never announced as deprecated',
    ])
    expect(changes(deprecated('2026-11-21'), gone)).toEqual([
      'the route is not there any more, though its Sunset is 2026-11-21',
    ])
    expect(changes(deprecated('2026-11-20'), gone)).toEqual([])
  })
})

describe('the version of a view', () => {
  const version = (number: number, view: Schema) =>
    documentOf({ view, operation: { 'x-schema-version': number } })
  const was = version(1, object({ x: text }))
  const more = object({ x: text, y: text })

  it('goes up when the view changes', () => {
    expect(unraisedVersions(was, version(1, more))).toMatchObject([
      { route: 'GET /v1/thing', instead: 'Set its version to 2.' },
    ])
    expect(unraisedVersions(was, version(2, more))).toEqual([])
  })

  it('stays when only its description changes, and never goes down', () => {
    expect(unraisedVersions(was, version(1, object({ x: { ...text, description: 'It' } })))).toEqual([])
    expect(unraisedVersions(version(2, more), version(1, more))).toHaveLength(1)
  })
})
