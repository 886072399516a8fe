import net from 'node:net'
import fc from 'fast-check'

/** A request as bytes, and whether it is one: then it has a right to an answer. */
export type FuzzedRequest = { readonly bytes: Buffer; readonly complete: boolean }

export type FuzzSeeds = {
  /** Methods and targets that are answered well. */
  readonly targets: readonly (readonly [method: string, target: string])[]
  /** Headers that mean something, with values that do. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Bodies that are answered well, beside those that nobody could. */
  readonly bodies?: fc.Arbitrary<string>
}

/** Names that every object has, or that a merge could give to every object. */
export const POLLUTION = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__proto__[polluted]',
]

const ODD_WORDS = [
  ...POLLUTION,
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '%',
  '%00',
  '%2e%2e%2f',
  '%zz',
  '%c0%ae',
  '%ff',
  '\0',
  '\\',
  '//',
  '{{7*7}}',
  "' OR 1=1--",
  '$' + '{jndi:ldap://x}',
  '<script>',
  '-1',
  '0',
  '1e999',
  'NaN',
  'null',
  'true',
  '9'.repeat(400),
  '日本語',
  '\u202e',
  '\ud83d\ude00',
  'p1001',
]

/** A word that somebody could try; text of any kind, and at times far too much of it. */
const word = fc.oneof(
  fc.constantFrom(...ODD_WORDS),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 30 }),
  fc
    .tuple(fc.constantFrom('a', '%41', 'ä'), fc.constantFrom(300, 9_000, 20_000))
    .map(([of, times]) => of.repeat(times)),
)

/** JSON of any kind, with the names that pollute, and nested as deep as somebody likes. */
export const anyJson: fc.Arbitrary<string> = fc.oneof(
  fc
    .letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null), word),
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .array(
            fc.tuple(fc.oneof(fc.constantFrom(...POLLUTION), fc.string({ maxLength: 8 })), tie('value')),
            { maxLength: 4 },
          )
          .map((entries) => Object.fromEntries(entries)),
      ),
    }))
    .value.map((value) => JSON.stringify(value) ?? 'null'),
  fc.constantFrom(
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    '{"a":'.repeat(10_000),
    `[${'1,'.repeat(20_000)}1]`,
    '{"a":1e999999}',
    '"\\ud800"',
    '﻿{}',
    '',
  ),
)

const anyBody = (seeds: FuzzSeeds): fc.Arbitrary<Buffer> =>
  fc.oneof(
    { weight: 4, arbitrary: (seeds.bodies ?? anyJson).map(Buffer.from) },
    { weight: 2, arbitrary: anyJson.map(Buffer.from) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map(Buffer.from) },
    { weight: 1, arbitrary: fc.constant(Buffer.alloc(100_000, 'x')) },
  )

const target = (seeds: FuzzSeeds): fc.Arbitrary<readonly [string, string]> => {
  const seed = fc.constantFrom(...seeds.targets)
  const method = fc.oneof(
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'),
    word,
  )
  const query = fc
    .array(
      fc.tuple(
        fc.oneof(fc.constantFrom('id', 'limit', 'cursor', 'category', 'variables', ...POLLUTION), word),
        word,
      ),
      { maxLength: 4 },
    )
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'))
  return fc.oneof(
    { weight: 4, arbitrary: seed },
    {
      weight: 3,
      arbitrary: fc
        .tuple(seed, query)
        .map(([[m, t], q]) => [m, `${t}${t.includes('?') ? '&' : '?'}${q}`] as const),
    },
    // One part of a good target exchanged for an odd one.
    {
      weight: 3,
      arbitrary: fc.tuple(seed, word, fc.nat(5)).map(([[m, t], odd, at]) => {
        const parts = t.split(/(?<=[/?&=])/)
        parts[1 + (at % Math.max(1, parts.length - 1))] = odd
        return [m, parts.join('')] as const
      }),
    },
    { weight: 2, arbitrary: fc.tuple(method, seed).map(([m, [, t]]) => [m, t] as const) },
    { weight: 2, arbitrary: fc.tuple(method, word).map(([m, w]) => [m, `/${w}`] as const) },
    { weight: 1, arbitrary: fc.tuple(method, word) },
  )
}

const headers = (seeds: FuzzSeeds): fc.Arbitrary<(readonly [string, string])[]> => {
  const seed = fc.constantFrom(...seeds.headers)
  const name = fc.constantFrom(
    ...seeds.headers.map(([known]) => known),
    'accept',
    'accept-language',
    'accept-encoding',
    'if-none-match',
    'authorization',
    'cookie',
    'traceparent',
    'content-type',
    'content-encoding',
    'range',
    'origin',
    'x-forwarded-for',
    'forwarded',
    'host',
    'expect',
    'upgrade',
    'te',
    'x-http-method-override',
    ...POLLUTION,
  )
  return fc.array(
    fc.oneof(
      { weight: 3, arbitrary: seed },
      { weight: 2, arbitrary: fc.tuple(name, word) },
      { weight: 1, arbitrary: fc.tuple(word, word) },
    ),
    { maxLength: 6 },
  )
}

const LINE_BREAK = /[\r\n]/g
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/

/** A request of any kind, from the one that is answered well to the one that is none. */
export function anyRequest(seeds: FuzzSeeds): fc.Arbitrary<FuzzedRequest> {
  const framing = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('length', 'chunked', 'none') },
    { weight: 1, arbitrary: fc.constantFrom('too long', 'too short', 'both') },
  )
  return fc
    .tuple(target(seeds), headers(seeds), anyBody(seeds), framing, fc.boolean())
    .map(([[method, path], fields, body, how, json]) => {
      const clean = fields.map(
        ([name, value]) => [name.replace(LINE_BREAK, ''), value.replace(LINE_BREAK, '')] as const,
      )
      const lengths: Record<string, string> = {
        length: `content-length: ${body.length}\r\n`,
        'too long': `content-length: ${body.length + 10}\r\n`,
        'too short': `content-length: ${Math.max(0, body.length - 3)}\r\n`,
        chunked: 'transfer-encoding: chunked\r\n',
        both: `content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n`,
      }
      const head = [
        `${method.replace(LINE_BREAK, '')} ${path.replace(LINE_BREAK, '')} HTTP/1.1\r\nhost: fuzz\r\nconnection: close\r\n`,
        ...clean.map(([name, value]) => `${name}: ${value}\r\n`),
        ...(json && how !== 'none' ? ['content-type: application/json\r\n'] : []),
        lengths[how] ?? '',
        '\r\n',
      ].join('')
      const chunk = [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n'].map((part) =>
        Buffer.from(part),
      )
      const sent = how === 'none' ? [] : how === 'chunked' && body.length > 0 ? chunk : [body]
      const complete =
        (how === 'length' || how === 'none') &&
        TOKEN.test(method) &&
        clean.every(([name]) => TOKEN.test(name))
      return { bytes: Buffer.concat([Buffer.from(head), ...sent]), complete }
    })
}

const PATIENCE_MS = 10_000
/** What is no request may be waited for until it is whole: nobody has to watch that. */
const GLANCE_MS = 30

/** Sends bytes and gives what is heard until the connection is closed; `undefined` when it is not, or nothing is. */
export function exchange(port: number, { bytes, complete }: FuzzedRequest): Promise<string | undefined> {
  return new Promise((resolve) => {
    const heard: Buffer[] = []
    const socket = net.connect(port, '127.0.0.1')
    socket.setTimeout(complete ? PATIENCE_MS : GLANCE_MS, () => {
      if (complete) heard.length = 0 // an answer that does not end is none
      socket.destroy()
    })
    socket.on('data', (chunk) => heard.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () =>
      resolve(heard.length === 0 ? undefined : Buffer.concat(heard).toString('latin1')),
    )
    socket.write(bytes)
  })
}

/** What nobody outside is to read: stacks, files, addresses, the words of an engine. */
const INNARDS =
  /\n\s+at |\.ts:\d|node_modules|node:internal|ECONN|\b(?:Type|Range|Reference|Syntax|Zod|Upstream)Error\b|Cannot read|is not a function|Unexpected token|Did you mean/

/** The status of an answer, and what is wrong with it. */
export function judge(answer: string): { status: number; fault?: string } {
  // 100 Continue may stand in front.
  const text = answer.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '')
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1])
  if (!(status >= 200)) return { status, fault: 'not an HTTP answer' }
  if (status >= 500) return { status, fault: 'a server error' }
  // Pages and scripts of ours hold words of any kind.
  if (status >= 400 && INNARDS.test(text)) return { status, fault: 'innards' }
  return { status }
}
