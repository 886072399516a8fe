import { z } from 'zod'
import { writeToStderr } from '../log/log-output.ts'

/** A process has invalid settings. The message names each variable, the given value and the allowed values. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** Metadata of a setting beside its type; `docs/configuration.md` is generated from it. */
type Setting = {
  allowed: string
  about: string
  secret?: boolean
  /** The default as it is written in the environment, if it is parsed into something else. */
  shownDefault?: string
}

const settings = z.registry<Setting>()

/** Attaches to a schema the allowed values (shown in errors) and the purpose (shown in the docs). */
export const setting = <S extends z.ZodType>(schema: S, about: Setting): S => {
  settings.add(schema, about)
  return schema
}

/** The metadata of a setting's schema. */
export const describeSetting = (schema: z.ZodType): Setting | undefined => settings.get(schema)

// Not z.coerce: Number(' ') is 0 and Number('0x10') is 16.
const integerText = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))

/** An integer between two others; `max` has at most nine digits. */
export const integer = (defaultValue: number, [min, max]: readonly [number, number], about: string) =>
  setting(integerText(min, max).default(defaultValue), { about, allowed: `an integer from ${min} to ${max}` })

const portNumber = integerText(0, 65_535)
const PORTS = 'an integer from 0 to 65535 (0: any free port)'

/** A TCP or UDP port; 0 selects a free one. */
export const port = (defaultValue: number, about: string) =>
  setting(portNumber.default(defaultValue), { about, allowed: PORTS })

const origin = z
  .url({ protocol: /^https?$/ })
  .refine(isOrigin)
  .transform(withoutSlash)
const ORIGIN = 'an http:// or https:// address without a path'

/** The address of an HTTP service, without a path. */
export const httpAddress = (defaultValue: string, about: string) =>
  setting(origin.default(defaultValue), { about, allowed: ORIGIN })

/** The address of an HTTP service under which its endpoints are: it may have a base path. */
export const baseAddress = (defaultValue: string, about: string) =>
  setting(
    z
      .url({ protocol: /^https?$/ })
      .refine(isPlain)
      .transform(withoutSlash)
      .default(defaultValue),
    { about, allowed: 'an http:// or https:// address, with a path or without' },
  )

/** The issuer of tokens. Taken as it is written: `iss` of a token is compared with it character by character. */
export const issuerAddress = (defaultValue: string, about: string) =>
  setting(
    z
      .url({ protocol: /^https?$/ })
      .refine(isPlain)
      .default(defaultValue),
    { about, allowed: 'an http:// or https:// address, exactly as in `iss` of the tokens' },
  )

/** Origins, separated by commas. */
export const origins = (about: string) =>
  setting(
    z
      .string()
      .transform((list) => list.split(','))
      .pipe(z.array(origin))
      .optional(),
    { about, allowed: 'http:// or https:// addresses without paths, separated by commas' },
  )

/** As `origin`, without a default. */
export const optionalHttpAddress = (about: string) => setting(origin.optional(), { about, allowed: ORIGIN })

/** The address of a service with one of these schemes, without a default. */
export const optionalAddress = (schemes: readonly string[], about: string) =>
  setting(
    z
      .url()
      .refine((url) => schemes.includes(new URL(url).protocol.slice(0, -1)))
      .optional(),
    {
      about,
      allowed: `an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    },
  )

/** A boolean setting. */
export const flag = (defaultValue: boolean, about: string) =>
  setting(z.stringbool({ truthy: ['true'], falsy: ['false'] }).default(defaultValue), {
    about,
    allowed: 'true or false',
  })

/** A secret with a development default; never shown in an error. */
export const secret = (defaultValue: string, about: string) =>
  setting(z.string().min(8).default(defaultValue), {
    about,
    allowed: 'a string of at least 8 characters',
    secret: true,
  })

/** One word of a list. */
export const oneOf = <const W extends readonly [string, ...string[]]>(
  words: W,
  defaultValue: W[number],
  about: string,
) => setting(z.enum(words).default(defaultValue as never), { about, allowed: words.join(', ') })

/** Settings that every process has. */
export const host = setting(z.string().min(1).default('127.0.0.1'), {
  about: 'Address to listen on; 0.0.0.0 in a container.',
  allowed: 'a host name or an IP address',
})
export const logLevel = oneOf(['debug', 'info', 'warn', 'error', 'silent'], 'info', 'How much is logged.')
export const managementPort = setting(portNumber.optional(), {
  about: 'Port of /livez, /readyz and /metrics; PORT + 5000 when not set.',
  allowed: PORTS,
})

export const drainDelay = integer(
  0,
  [0, 60],
  'Seconds for which a stopping process still accepts requests after /readyz reports not ready, so that load balancers notice.',
)

/**
 * The management port of a process: its own setting; otherwise 5000 above the public port if that exists, else any
 * free port.
 */
export const managementPortOf = (config: { PORT: number; MANAGEMENT_PORT?: number | undefined }): number =>
  config.MANAGEMENT_PORT ?? (config.PORT === 0 || config.PORT > 60_535 ? 0 : config.PORT + 5_000)

/**
 * Reads a process's settings from its environment; an empty variable counts as unset.
 * @throws {ConfigError} that names every invalid variable
 */
export function parseConfig<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  )
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues.map(({ path: [name], message }) =>
    // A check over several settings has no path, only its own message.
    name === undefined ? `  ${message}.` : explain(String(name), schema, given[String(name)]),
  )
  throw new ConfigError([...new Set(wrong)].join('\n'))
}

/** `parseConfig` for a `server.ts`: an invalid setting ends the process with code 1 before it listens. */
export function loadConfig<S extends z.ZodObject>(processName: string, schema: S): z.output<S> {
  try {
    return parseConfig(schema, process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    writeToStderr(`${processName} did not start:\n${error.message}\n`)
    process.exit(1)
  }
}

function explain(name: string, schema: z.ZodObject, given: string | undefined): string {
  const about = describeSetting(schema.shape[name] as z.ZodType)
  const shown =
    given === undefined
      ? 'nothing'
      : about?.secret
        ? 'a value that is not shown'
        : JSON.stringify(withoutCredentials(given))
  return `  ${name}: given ${shown}; allowed: ${about?.allowed ?? 'see docs/configuration.md'}.`
}

/** The URL of a Redis or a broker may contain a password. */
export const withoutCredentials = (given: string): string => given.replace(/\/\/[^/]*@/g, '//…@')

/** Whether an address has nothing after its port: with a path or a query, the first call would fail. */
export function isOrigin(address: string): boolean {
  return isPlain(address) && new URL(address).pathname === '/'
}

function isPlain(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { username, password, search, hash } = new URL(address)
  return !username && !password && !search && !hash
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
