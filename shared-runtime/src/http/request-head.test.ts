import { connect } from '@harbor/shared-testing/raw-connection'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { httpPart } from './http-server.ts'
import { MAX_HEADERS } from './request-head.ts'

/** Method, target and body of each request that reached the handler. */
const reached: string[] = []
const part = httpPart({
  name: 'http',
  host: '127.0.0.1',
  port: 0,
  portSetting: 'PORT',
  listener(request, response) {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      reached.push(`${request.method} ${request.url} ${body}`)
      response.end('ok')
    })
  },
})
let port = 0
beforeAll(async () => {
  port = Number(new URL((await part.start()) ?? '').port)
})
afterAll(() => part.stop())
beforeEach(() => {
  reached.length = 0
})

/** The statuses of the answers to these bytes (latin1), until the server closes the connection or is silent. */
async function statuses(bytes: string): Promise<string[]> {
  const { socket, heard, closed } = connect(port)
  socket.write(Buffer.from(bytes, 'latin1'))
  const quiet = setTimeout(() => socket.destroy(), 250)
  await closed
  clearTimeout(quiet)
  return heard().match(/(?<=HTTP\/1\.1 )\d{3}/g) ?? []
}

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`
const post = (...lines: string[]) => head('POST / HTTP/1.1', 'Host: a', ...lines)
const NEXT = head('GET /next HTTP/1.1', 'Host: a')
const CHUNKED = '0\r\n\r\n'

const REFUSED: Record<string, string> = {
  'no Host': head('GET / HTTP/1.1'),
  'an empty Host': head('GET / HTTP/1.1', 'Host:'),
  'two Hosts': head('GET / HTTP/1.1', 'Host: a', 'hoST: b'),
  'two equal Hosts': head('GET / HTTP/1.1', 'Host: a', 'Host: a'),
  'a Host with a space': head('GET / HTTP/1.1', 'Host: a b'),
  'a Host with a user': head('GET / HTTP/1.1', 'Host: u@a'),
  'a Host with a path': head('GET / HTTP/1.1', 'Host: a/b'),
  'a Host with a list': head('GET / HTTP/1.1', 'Host: a, b'),
  'a Host with an odd port': head('GET / HTTP/1.1', 'Host: a:b'),
  'a Host outside ASCII': head('GET / HTTP/1.1', 'Host: \xe4'),
  'an absolute target': head('GET http://b/x HTTP/1.1', 'Host: a'),
  'an authority as target': head('GET b:80 HTTP/1.1', 'Host: a'),
  'an asterisk as target': head('OPTIONS * HTTP/1.1', 'Host: a'),
  'a fragment in the target': head('GET /a#b HTTP/1.1', 'Host: a'),
  'a NUL in the target': head('GET /\0 HTTP/1.1', 'Host: a'),
  'HTTP/2.0 as a version': head('GET / HTTP/2.0', 'Host: a'),
  'HTTP/0.9': 'GET /\r\n\r\n',
  'CL before TE': post('Content-Length: 4', 'Transfer-Encoding: chunked') + CHUNKED,
  'TE before CL': post('Transfer-Encoding: chunked', 'Content-Length: 4') + CHUNKED,
  'TE twice': post('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked') + CHUNKED,
  'TE and nothing, in two headers': post('Transfer-Encoding: chunked', 'Transfer-Encoding:') + CHUNKED,
  'TE identity, chunked': post('Transfer-Encoding: identity, chunked') + CHUNKED,
  'TE gzip, chunked': post('Transfer-Encoding: gzip, chunked') + CHUNKED,
  'TE chunked, identity': post('Transfer-Encoding: chunked, identity') + CHUNKED,
  'TE xchunked': post('Transfer-Encoding: xchunked') + CHUNKED,
  'TE "chunked"': post('Transfer-Encoding: "chunked"') + CHUNKED,
  'TE after a vertical tab': post('Transfer-Encoding: \x0bchunked') + CHUNKED,
  'an empty TE': post('Transfer-Encoding:') + CHUNKED,
  'TE in HTTP/1.0': head('POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked') + CHUNKED,
  'an obsolete fold': post('X: a', ' b'),
  'a fold that hides TE': post('Transfer-Encoding:', ' chunked') + CHUNKED,
  'a fold in the first line': head('POST / HTTP/1.1', ' X: a', 'Host: a'),
  'bare LF': 'GET / HTTP/1.1\nHost: a\n\n',
  'one bare LF': 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n',
  'a bare CR': head('GET / HTTP/1.1', 'Host: a', 'X: b\rc'),
  'a NUL in a value': head('GET / HTTP/1.1', 'Host: a', 'X: b\0c'),
  'a space before a colon': post('Content-Length : 2'),
  'a space in a name': post('X Y: a'),
  'an empty name': post(': a'),
  'CL twice': `${post('Content-Length: 2', 'Content-Length: 2')}hi`,
  'CL twice, different': `${post('Content-Length: 2', 'Content-Length: 3')}hi`,
  'CL as a list': `${post('Content-Length: 2, 2')}hi`,
  'CL with a plus': `${post('Content-Length: +2')}hi`,
  'CL in hex': `${post('Content-Length: 0x2')}hi`,
  'CL below zero': `${post('Content-Length: -2')}hi`,
  'an empty CL': `${post('Content-Length:')}hi`,
  'CL beyond a number': `${post(`Content-Length: ${'9'.repeat(30)}`)}hi`,
  'a chunk size with a plus': `${post('Transfer-Encoding: chunked')}+2\r\nhi\r\n${CHUNKED}`,
  'a chunk size with 0x': `${post('Transfer-Encoding: chunked')}0x2\r\nhi\r\n${CHUNKED}`,
  'a chunk size with a space': `${post('Transfer-Encoding: chunked')}2 \r\nhi\r\n${CHUNKED}`,
  'chunks ended by LF': `${post('Transfer-Encoding: chunked')}2\nhi\n0\n\n`,
  'LF in a chunk extension': `${post('Transfer-Encoding: chunked')}2;a\nb\r\nhi\r\n${CHUNKED}`,
  'a chunk size beyond 64 bits': `${post('Transfer-Encoding: chunked')}${'f'.repeat(17)}2\r\nhi\r\n${CHUNKED}`,
  'a chunk longer than its size': `${post('Transfer-Encoding: chunked')}1\r\nhi\r\n${CHUNKED}`,
  'a trailer that means something': `${post('Transfer-Encoding: chunked')}0\r\nContent-Length: 5\r\n\r\n`,
  'more headers than allowed': post(...Array.from({ length: MAX_HEADERS }, () => 'a: b')),
}

describe('refused, together with further requests in the same packet', () => {
  test.for(Object.entries(REFUSED))('%s', async ([, bytes]) => {
    const [status, ...more] = await statuses(bytes + NEXT)
    expect(status).toMatch(/^(400|405|431)$/)
    expect(more).toEqual([])
    expect(reached).toEqual([])
  })

  test('CONNECT: the connection is closed without an answer', async () => {
    expect(await statuses(head('CONNECT b:80 HTTP/1.1', 'Host: b:80') + NEXT)).toEqual([])
    expect(reached).toEqual([])
  })
})

/** Unusual but unambiguous requests, and how they are read. */
const ANSWERED: Record<string, [bytes: string, read: string]> = {
  'a Host with a port': [head('GET / HTTP/1.1', 'Host: a:65535'), 'GET / '],
  'a Host that is an IPv6 address': [head('GET / HTTP/1.1', 'Host: [::1]:80'), 'GET / '],
  'as many headers as allowed': [post(...Array.from({ length: MAX_HEADERS - 1 }, () => 'a: b')), 'POST / '],
  'a coding in capitals': [`${post('Transfer-Encoding: CHUNKED')}2\r\nhi\r\n${CHUNKED}`, 'POST / hi'],
  'a chunk extension': [`${post('Transfer-Encoding: chunked')}2;a=b\r\nhi\r\n${CHUNKED}`, 'POST / hi'],
  'a GET with a body': [`${head('GET / HTTP/1.1', 'Host: a', 'Content-Length: 2')}hi`, 'GET / hi'],
  'a length with zeros in front': [`${post('Content-Length: 002')}hi`, 'POST / hi'],
}

/** The same, for requests after which Node stops reading or answering on the connection. */
const LAST: typeof ANSWERED = {
  'HTTP/1.0 without a Host': [head('GET / HTTP/1.0', 'Connection: keep-alive'), 'GET / '],
  'an Upgrade, which is ignored': [
    `${post('Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2')}hi`,
    'POST / hi',
  ],
}

test.for(Object.entries(LAST))('%s is answered, and no request behind it', async ([, [bytes, read]]) => {
  expect(await statuses(bytes + NEXT)).toEqual(['200'])
  expect(reached[0]).toBe(read)
})

test.for(Object.entries(ANSWERED))(
  '%s is answered, and so is the request behind it',
  async ([, [bytes, read]]) => {
    expect(await statuses(bytes + NEXT)).toEqual(['200', '200'])
    expect(reached).toEqual([read, 'GET /next '])
  },
)

describe('Expect: 100-continue', () => {
  const EXPECT = ['Expect: 100-continue', 'Content-Length: 2']
  test('gets 100 Continue when the head is valid', async () => {
    expect(await statuses(`${post(...EXPECT)}hi`)).toEqual(['100', '200'])
    expect(reached).toEqual(['POST / hi'])
  })
  test('gets no 100 Continue when the request is refused', async () => {
    expect(await statuses(`${head('POST / HTTP/1.1', 'Host: a/b', ...EXPECT)}hi`)).toEqual(['400'])
    expect(reached).toEqual([])
  })
  test('other than 100-continue is refused', async () => {
    expect(await statuses(`${post('Expect: gold', 'Content-Length: 2')}hi`)).toEqual(['417'])
  })
})
