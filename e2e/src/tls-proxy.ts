import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Ends TLS before a server, as a proxy in production does, under a certificate of the moment. */
export async function startTlsProxy(openssl: string, port: number, upstream: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tls-proxy-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync(
    openssl,
    [...made, '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=shop.test'],
    {
      stdio: 'ignore',
    },
  )
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (incoming, outgoing) => {
      const { method, url, headers } = incoming
      const passed = request({ host: '127.0.0.1', port: upstream, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(outgoing)
      })
      passed.once('error', () => outgoing.destroy())
      incoming.pipe(passed)
    },
  )
  rmSync(folder, { recursive: true })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
