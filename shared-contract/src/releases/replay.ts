import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { type Document, routesOf } from '../openapi/document.ts'
import type { Ask, Recorded, RecordedAnswer } from './record.ts'
import type { Release } from './releases.ts'

/**
 * Sends everything that was recorded for a release again, and says where a client that was made from its document
 * would not work any more. Fields that the release does not know are passed over, as such a client does.
 * @param newer the releases after it: a route may be gone when one of them announced its Sunset, and that is past
 * @param today YYYY-MM-DD
 */
export async function replay(
  release: Release,
  newer: readonly Release[],
  ask: Ask,
  today: string,
): Promise<string[]> {
  const retired = retiredRoutes([release, ...newer], today)
  const validate = validatorOf(release.document)
  const faults: string[] = []
  for (const recorded of release.fixtures) {
    const { method, path } = recorded.request
    const answer = await ask(recorded.request)
    if (retired.has(recorded.route) && (answer.status === 404 || answer.status === 410)) continue
    const found = [
      ...statusFaults(recorded.answer, answer),
      ...headerFaults(recorded.answer, answer),
      ...validate(recorded.route, answer),
      ...valueFaults(recorded.answer.body, answer.body),
    ]
    faults.push(...found.map((fault) => `${release.version}, ${method} ${path}: ${fault}`))
  }
  return faults
}

function retiredRoutes(releases: readonly Release[], today: string): Set<string> {
  const all = releases.flatMap(({ document }) => routesOf(document))
  const past = all.filter(({ operation }) => (operation['x-deprecated']?.sunset ?? '9') <= today)
  return new Set(past.map(({ name }) => name))
}

/** A request that was refused as wrong may be taken today; nothing else changes its class. */
function statusFaults(then: RecordedAnswer, now: RecordedAnswer): string[] {
  const sameClass = Math.floor(then.status / 100) === Math.floor(now.status / 100)
  const wider = then.status === 400 && now.status < 300
  return sameClass || wider ? [] : [`answered ${then.status}, now ${now.status}${codeOf(now.body)}`]
}

const codeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'code' in body ? ` ${body.code}` : ''

const listed = (header: string): string[] =>
  header
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())

/** What of a header must still be so; a header without a rule has to be there. */
const HEADER_RULES = new Map<string, (then: string, now: string) => boolean>([
  ['content-type', (then, now) => then.split(';')[0] === now.split(';')[0]],
  ['cache-control', (then, now) => scopeOf(then) === scopeOf(now)],
  ['schema-version', (then, now) => Number(now) >= Number(then)],
  ['vary', (then, now) => listed(then).every((name) => listed(now).includes(name))],
  ['allow', (then, now) => listed(then).every((name) => listed(now).includes(name))],
  ['www-authenticate', (then, now) => then.split(' ')[0] === now.split(' ')[0]],
])

/** Who may keep it; how long is not a promise. */
const scopeOf = (cacheControl: string): string | undefined => listed(cacheControl)[0]

function headerFaults(then: RecordedAnswer, now: RecordedAnswer): string[] {
  if (then.status >= 400 && now.status < 400) return []
  return Object.entries(then.headers).flatMap(([name, value]) => {
    const given = now.headers[name]
    if (given === undefined) return [`header ${name} is not there any more`]
    return (HEADER_RULES.get(name)?.(value, given) ?? true)
      ? []
      : [`header ${name} was "${value}", now "${given}"`]
  })
}

/** Checks an answer with the schema that the document has for its route and status. */
export function validatorOf(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document, 'document', undefined, false)
  const part = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1')

  return (route: string, { status, headers, body }: RecordedAnswer): string[] => {
    if (body === null || status === 304) return []
    const type = headers['content-type']?.split(';')[0] ?? ''
    const [method = '', path = ''] = route.split(' ')
    const place =
      status < 300
        ? `paths/${part(path)}/${method.toLowerCase()}/responses/${status}/content/${part(type)}/schema`
        : 'components/schemas/Problem'
    const validate = ajv.getSchema(`document#/${place}`)
    if (!validate) return [`a ${status} of ${type} is not in the document`]
    if (validate(body)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || 'the body'} ${message}`,
    )
  }
}

/** Parts that are chosen anew each day: only their shape is a promise. */
const VOLATILE = new Set(['recommendations', 'promotions', 'traceId', 'detail'])
/** Fields that say what something is; the others say how it is shown. */
const IDENTITY = /^(id|sku|number|code|currency|retryable|\w+Id)$/

function valueFaults(then: unknown, now: unknown, at = ''): string[] {
  if (typeof then !== 'object' || then === null || typeof now !== 'object' || now === null) return []
  const given = new Map(Object.entries(now))
  return Object.entries(then).flatMap(([name, value]) => {
    if (VOLATILE.has(name) || !given.has(name)) return []
    const place = `${at}/${name}`
    const other = given.get(name)
    if (IDENTITY.test(name) && typeof value !== 'object')
      return value === other ? [] : [`${place} was ${JSON.stringify(value)}, now ${JSON.stringify(other)}`]
    return valueFaults(value, other, place)
  })
}

/** Whether what was recorded shows a route at work, and not only refused. */
export const showsRoute = (fixtures: readonly Recorded[], route: string): boolean =>
  fixtures.some((recorded) => recorded.route === route && recorded.answer.status < 300)
