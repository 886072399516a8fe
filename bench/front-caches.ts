import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@harbor/shared-testing/free-port'
import { type RunningServer, runServer } from './running-server.ts'

/** nginx and Varnish, each with the answers of an origin in its cache; those that are installed. */
export async function frontCaches(origin: string): Promise<RunningServer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'harbor-bench-'))
  return [
    ...(existsSync('/usr/sbin/nginx') ? [await startNginx(origin, folder)] : []),
    ...(existsSync('/usr/sbin/varnishd') ? [await startVarnish(origin, folder)] : []),
  ]
}

async function startNginx(origin: string, folder: string): Promise<RunningServer> {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off; keepalive_requests 1000000;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  proxy_cache_path ${folder}/cache keys_zone=kept:1m;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${origin}; proxy_cache kept; proxy_cache_valid 200 1h; }
  }
}`,
  )
  return runServer({
    name: 'nginx',
    command: ['/usr/sbin/nginx', '-p', folder, '-c', file],
    address: `http://127.0.0.1:${port}`,
  })
}

async function startVarnish(origin: string, folder: string): Promise<RunningServer> {
  const port = await freePort()
  return runServer({
    name: 'Varnish',
    command: [
      '/usr/sbin/varnishd',
      ...['-F', '-n', join(folder, 'varnish'), '-b', new URL(origin).host],
      ...['-a', `127.0.0.1:${port}`, '-s', 'malloc,16m'],
    ],
    address: `http://127.0.0.1:${port}`,
  })
}
