import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { JSONWebKeySet } from 'jose'
import type { Pool } from 'undici'
import { z } from 'zod'
import { openPool } from '../call/outbound.ts'
import { readJson } from '../call/read-json.ts'

const TIMEOUT_MS = 2_000

/** What this package needs of the provider's metadata (OpenID Connect Discovery 1.0, 3). */
const Metadata = z.object({ issuer: z.string(), token_endpoint: z.url(), jwks_uri: z.url() })
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** Where a request is sent: the path on the connections of one origin. */
type IdentityTarget = { readonly pool: Pool; readonly path: string }

/** The identity provider as this process reaches it: known by its issuer, everything else by its metadata. */
export type Identity = {
  /** The endpoint that issues tokens. @throws {UpstreamError} of `identity` */
  tokenEndpoint(): Promise<IdentityTarget>
  /** The keys with which it signs, for `createTokenVerifier`. @throws {UpstreamError} of `identity` */
  keys(): Promise<JSONWebKeySet>
  close(): Promise<void>
}

type Options = {
  /** As in the `iss` of its tokens; it may have a path: `https://id.example/realms/shop`. */
  issuer: string
  /** Other origins that its endpoints may have. Its metadata can name no further one. */
  origins?: readonly string[] | undefined
}

/** Opens the provider. Its metadata are loaded on first use and cached; a failed load is repeated by the next use. */
export function openIdentity({ issuer, origins = [] }: Options): Identity {
  const home = new URL(issuer).origin
  const pools = new Map([...new Set([home, ...origins])].map((origin) => [origin, openPool(origin)]))
  let loading: Promise<z.infer<typeof Metadata>> | undefined

  const metadata = () =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    }))

  async function load() {
    const path = `${new URL(issuer).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`
    const found = await read(targetOf(`${home}${path}`), Metadata, 'metadata')
    if (found.issuer !== issuer)
      throw unusable(`its metadata are of the issuer ${found.issuer}, and IDENTITY_URL is ${issuer}`)
    return found
  }

  function targetOf(address: string): IdentityTarget {
    const { origin, pathname, search } = new URL(address)
    const pool = pools.get(origin)
    if (pool) return { pool, path: `${pathname}${search}` }
    throw unusable(
      `its metadata name ${origin}, which is neither the origin of IDENTITY_URL nor in IDENTITY_ORIGINS`,
    )
  }

  return {
    tokenEndpoint: async () => targetOf((await metadata()).token_endpoint),
    keys: async () => read(targetOf((await metadata()).jwks_uri), KeySet, 'a key set'),
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  }
}

async function read<T>({ pool, path }: IdentityTarget, schema: z.ZodType<T>, what: string): Promise<T> {
  const answer = await pool
    .request({ method: 'GET', path, signal: AbortSignal.timeout(TIMEOUT_MS) })
    .catch((cause: unknown) => {
      throw new UpstreamError('identity', 'unavailable', `GET ${path}: no answer`, { cause })
    })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    const code = answer.statusCode >= 500 ? 'unavailable' : 'invalid_answer'
    throw new UpstreamError('identity', code, `GET ${path}: status ${answer.statusCode}`)
  }
  const parsed = schema.safeParse(await readJson('identity', answer.body))
  if (parsed.success) return parsed.data
  throw unusable(`GET ${path}: not ${what}`, parsed.error)
}

const unusable = (message: string, cause?: unknown) =>
  new UpstreamError('identity', 'invalid_answer', message, { cause })
