import { setting } from '@harbor/shared-runtime/config'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { EdgeEnv } from '../http/tracing.ts'

const PLATFORMS = ['ios', 'android', 'web'] as const
type Platform = (typeof PLATFORMS)[number]

/** Major, minor, patch. */
type Version = readonly [number, number, number]

/** Which app asks, as it says itself: for statistics and for the minimum, never for what it may see. */
export type AppVersion = { readonly name: string; readonly version: Version; readonly platform: Platform }

/** What every handler of a REST API may read of the request that it serves. */
export type RestEnv = {
  Bindings: EdgeEnv['Bindings']
  Variables: EdgeEnv['Variables'] & { app: AppVersion | undefined }
}

const NUMBERS = String.raw`(\d{1,5})\.(\d{1,5})\.(\d{1,5})`
const HEADER = new RegExp(
  String.raw`^([A-Za-z][\w-]{0,31})/${NUMBERS}(?:[-+][\w.+-]{0,32})? \((${PLATFORMS.join('|')})\)$`,
)

/**
 * Reads `App-Version: harbor/3.2.1 (ios)`. It has the form of a User-Agent, but is not that header: a browser may
 * not set it, and HTTP libraries write over it. A pre-release counts as its release.
 * @returns undefined for none and for one that is malformed: neither is a reason to refuse
 */
export function parseAppVersion(header: string | undefined): AppVersion | undefined {
  const [, name, major, minor, patch, platform] = HEADER.exec(header ?? '') ?? []
  if (name === undefined) return undefined
  return {
    name,
    version: [Number(major), Number(minor), Number(patch)],
    platform: platform as Platform,
  }
}

/** As it is counted and shown: without a pre-release. */
export const labelOf = (app: AppVersion | undefined): string =>
  app ? `${app.name}/${app.version.join('.')} (${app.platform})` : 'unknown'

/** The oldest version that is served, a platform; one that is not named has none. */
export type MinimumVersions = Readonly<Partial<Record<Platform, Version>>>

const toVersion = (text: string): Version => {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number)
  return [major, minor, patch]
}

const PLATFORM_VERSION = new RegExp(`^(${PLATFORMS.join('|')})=${NUMBERS}$`)

export const minimumVersions = setting(
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every((entry) => PLATFORM_VERSION.test(entry)))
    .transform(
      (entries): MinimumVersions =>
        Object.fromEntries(
          entries.map((entry) => {
            const [platform, version = ''] = entry.split('=')
            return [platform, toVersion(version)]
          }),
        ),
    )
    .optional(),
  {
    about:
      'The oldest version of the app that is served; an older one is told to update (426). None: all are.',
    allowed: 'platforms with a version, such as ios=3.1.0,android=3.0.4,web=2.0.0',
  },
)

/**
 * Notes which app asks, and refuses one that is older than the minimum of its platform.
 * @throws {ProblemError} `APP_TOO_OLD`, with `updateUrl` where that is known
 */
export const servedVersions =
  (minimum: MinimumVersions = {}, updateUrl?: string): MiddlewareHandler<RestEnv> =>
  async (c, next) => {
    const app = parseAppVersion(c.req.header('app-version'))
    c.set('app', app)
    const least = app && minimum[app.platform]
    if (app && least && isOlder(app.version, least))
      throw new ProblemError(
        'APP_TOO_OLD',
        `Given: ${app.version.join('.')} for ${app.platform}. Allowed: ${least.join('.')} or newer.`,
        updateUrl === undefined ? {} : { members: { updateUrl } },
      )
    await next()
  }

function isOlder(version: Version, least: Version): boolean {
  for (const [i, number] of version.entries()) {
    const other = least[i] ?? 0
    if (number !== other) return number < other
  }
  return false
}
