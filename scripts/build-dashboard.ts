import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dashboard = join(root, 'examples/web-dashboard')
const SOURCES = ['examples/web-dashboard/{src,public}/**/*.*', 'examples/web-dashboard/*.*', 'pnpm-lock.yaml']

/** Builds the dashboard if its sources are newer than the build. @throws when the build fails */
export async function buildDashboard(): Promise<void> {
  if (modified('examples/web-dashboard/dist/index.html') > Math.max(...SOURCES.map(modified))) return
  const vite = join(dashboard, 'node_modules/vite/bin/vite.js')
  const build = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: dashboard,
    stdio: ['ignore', 'inherit', 'inherit'],
    // A test runner sets another, and React would be built for development.
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const [code] = await once(build, 'exit')
  if (code !== 0) throw new Error(`the build of the dashboard ended with code ${code}`)
}

/** The newest modification time of matching files, in milliseconds since 1970; 0 without any. */
const modified = (pattern: string): number =>
  Math.max(0, ...globSync(pattern, { cwd: root }).map((file) => statSync(join(root, file)).mtimeMs))
