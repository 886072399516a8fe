import { setting } from '@harbor/shared-runtime/config'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import type { EdgeEnv } from '../http/tracing.ts'

const PLATFORMS = ['ios', 'android', 'web'] as const
type Platform = (typeof PLATFORMS)[number]

/** Major, minor, patch. */
type Version = readonly [number, number, number]

/** The app of a request, as claimed by itself: for statistics and the minimum version, never for authorisation. */
export type AppVersion = { readonly name: string; readonly version: Version; readonly platform: Platform }

/** Variables of a request for every handler of a REST API. */
export type RestEnv = {
  Bindings: EdgeEnv['Bindings']
  Variables: EdgeEnv['Variables'] & { app: AppVersion | undefined }
}

const NUMBERS = String.raw`(\d{1,5})\.(\d{1,5})\.(\d{1,5})`
const HEADER = new RegExp(
  String.raw`^([A-Za-z][\w-]{0,31})/${NUMBERS}(?:[-+][\w.+-]{0,32})? \((${PLATFORMS.join('|')})\)$`,
)

/**
 * Reads `App-Version: harbor/3.2.1 (ios)`. It has the form of a User-Agent, but is not that header: browsers forbid
 * setting it, and HTTP libraries overwrite it. A pre-release counts as its release.
 * @returns undefined for an absent or malformed one: neither is refused
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

/** The version for counting and display, without a pre-release. */
export const labelOf = (app: AppVersion | undefined): string =>
  app ? `${app.name}/${app.version.join('.')} (${app.platform})` : 'unknown'

/** The minimum version per platform; other platforms have none. */
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
    about: 'Minimum version of the app per platform; older ones get a 426. Not set: all versions are served.',
    allowed: 'platforms with a version, such as ios=3.1.0,android=3.0.4,web=2.0.0',
  },
)

/**
 * Records the requesting app, and refuses a version below the minimum of its platform.
 * @throws {ProblemError} `APP_TOO_OLD`, with `updateUrl` if known
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
