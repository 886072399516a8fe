import { expect, test } from 'vitest'
import { connect } from './raw-connection.ts'

type Edge = {
  port: () => number
  /** What is answered with 200 to a GET, with these headers. */
  path: string
  headers?: readonly string[]
  /** The methods of the path, as in `Allow`. */
  allow: string
  /** The status of a path that there is not. 404 by default. */
  unknown?: number
}

/** One suite for every HTTP port of every process: what RFC 9110 and 9112 say, over a raw socket. */
export function holdsHttpEdges(name: string, { port, path, headers = [], allow, unknown = 404 }: Edge): void {
  const ask = async (...lines: string[]) => {
    const head = [...lines, ...headers, 'connection: close', '\r\n'].join('\r\n')
    const { heard } = await connect(port(), head).closed
    const [status = ''] = /(?<=^HTTP\/1\.1 )\d{3}/.exec(heard) ?? []
    const [allowed] = /(?<=^allow: ).*$/im.exec(heard) ?? []
    return { status: Number(status), allowed: allowed?.trim() }
  }
  const HOST = 'Host: edge.example:81'

  test(`${name}: a GET is answered, and a HEAD like it`, async () => {
    expect((await ask(`GET ${path} HTTP/1.1`, HOST)).status).toBe(200)
    expect((await ask(`HEAD ${path} HTTP/1.1`, HOST)).status).toBe(allow.includes('HEAD') ? 200 : 405)
  })

  test.each(['TRACE', 'OPTIONS', 'DELETE', 'PATCH', 'PROPFIND'])(
    `${name}: %s is a 405 that says what is allowed`,
    async (method) => {
      expect(await ask(`${method} ${path} HTTP/1.1`, HOST)).toEqual({ status: 405, allowed: allow })
    },
  )

  test.each(['GET', 'TRACE', 'OPTIONS'])(`${name}: %s of what is not there`, async (method) => {
    const { status } = await ask(`${method} /not-there HTTP/1.1`, HOST)
    expect([unknown, 405]).toContain(status)
    if (method === 'GET') expect(status).toBe(unknown)
  })

  test(`${name}: HTTP/1.0 needs no Host`, async () => {
    expect((await ask(`GET ${path} HTTP/1.0`)).status).toBe(200)
    expect((await ask(`GET ${path} HTTP/1.0`, HOST)).status).toBe(200)
    expect((await ask(`GET ${path} HTTP/1.1`)).status).toBe(400)
  })

  test(`${name}: an absolute target of this host is its path, one of another host is refused`, async () => {
    expect((await ask(`GET http://edge.example:81${path} HTTP/1.1`, HOST)).status).toBe(200)
    expect((await ask(`GET HTTP://EDGE.example:81${path} HTTP/1.1`, HOST)).status).toBe(200)
    expect((await ask(`GET http://other.example${path} HTTP/1.1`, HOST)).status).toBe(400)
    expect((await ask(`GET ftp://edge.example:81${path} HTTP/1.1`, HOST)).status).toBe(400)
  })

  test(`${name}: tabs around values are optional whitespace`, async () => {
    expect((await ask(`GET ${path} HTTP/1.1`, HOST, 'Accept:\t*/*\t;\tq=1\t')).status).toBe(200)
  })
}
