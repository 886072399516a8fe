import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { JSONWebKeySet } from 'jose'
import type { Pool } from 'undici'
import { z } from 'zod'
import { readJson } from '../call/read-json.ts'

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
const TIMEOUT_MS = 2_000

/** Fetches the keys with which the identity service signs; for `createTokenVerifier`. */
export async function loadIdentityKeys(pool: Pool): Promise<JSONWebKeySet> {
  const answer = await pool
    .request({ method: 'GET', path: '/jwks', signal: AbortSignal.timeout(TIMEOUT_MS) })
    .catch((cause: unknown) => {
      throw new UpstreamError('identity', 'unavailable', 'its keys cannot be loaded', { cause })
    })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    throw new UpstreamError(
      'identity',
      answer.statusCode >= 500 ? 'unavailable' : 'invalid_answer',
      `GET /jwks: status ${answer.statusCode}`,
    )
  }
  const parsed = KeySet.safeParse(await readJson('identity', answer.body))
  if (parsed.success) return parsed.data
  throw new UpstreamError('identity', 'invalid_answer', 'GET /jwks: not a key set', { cause: parsed.error })
}
