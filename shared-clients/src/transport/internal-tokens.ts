import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { LRUCache } from 'lru-cache'
import type { Pool } from 'undici'
import { z } from 'zod'
import type { ServiceName } from '../services.ts'
import { readJson } from './read-json.ts'

/** Gives the token with which a request may call a service. */
export type InternalTokens = (
  context: RequestContext,
  audience: ServiceName,
  signal: AbortSignal,
) => Promise<string>

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })

const EXCHANGE_TIMEOUT_MS = 2_000
/** A token is not used in its last seconds: it must still be valid when the upstream reads it. */
const EXPIRY_MARGIN_S = 30
const MAX_TOKENS = 20_000

type Options = { identity: Pool; clientId: string; clientSecret: string }

/**
 * Internal tokens (RFC 8693): the user as subject, this BFF as actor, one service as audience; by client
 * credentials where no user is behind the call. Kept per user and audience until shortly before expiry;
 * those who need the same one at the same time wait for one exchange.
 */
export function createInternalTokens({ identity, clientId, clientSecret }: Options): InternalTokens {
  // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  const ready = new LRUCache<string, string>({ max: MAX_TOKENS })
  const running = new Map<string, Promise<string>>()

  return (context, audience, signal) => {
    // The token is part of the key, so two users can never share an entry.
    const key = `${audience} ${context.viewer?.token ?? ''}`
    const kept = ready.get(key)
    if (kept !== undefined) return Promise.resolve(kept)
    if (signal.aborted) return Promise.reject(signal.reason)
    let exchange = running.get(key)
    if (!exchange) {
      exchange = obtain(key, audience, context.viewer?.token).finally(() => running.delete(key))
      running.set(key, exchange)
    }
    return abandonable(exchange, signal)
  }

  async function obtain(
    key: string,
    audience: ServiceName,
    subjectToken: string | undefined,
  ): Promise<string> {
    const form = new URLSearchParams(
      subjectToken === undefined
        ? { grant_type: 'client_credentials', audience }
        : {
            grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
            subject_token: subjectToken,
            subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
            audience,
          },
    )
    // Not the signal of whoever came first: the others wait for this exchange, too.
    const answer = await identity
      .request({
        method: 'POST',
        path: '/token',
        headers: {
          authorization,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: form.toString(),
        signal: AbortSignal.timeout(EXCHANGE_TIMEOUT_MS),
      })
      .catch((cause: unknown) => {
        throw new UpstreamError('identity', 'unavailable', 'no token: it did not answer', { cause })
      })
    if (answer.statusCode !== 200) {
      await answer.body.dump()
      throw new UpstreamError(
        'identity',
        codeOf(answer.statusCode),
        `no token for ${audience}: status ${answer.statusCode}`,
      )
    }
    const parsed = TokenAnswer.safeParse(await readJson('identity', answer.body))
    if (!parsed.success)
      throw new UpstreamError('identity', 'invalid_answer', 'not a token answer', { cause: parsed.error })
    const { access_token, expires_in } = parsed.data
    const ttl = (expires_in - EXPIRY_MARGIN_S) * 1000
    if (ttl > 0) ready.set(key, access_token, { ttl })
    return access_token
  }
}

const codeOf = (status: number) =>
  status >= 500 ? 'unavailable' : status === 429 ? 'overloaded' : 'unauthorized'

/** A caller may stop waiting; the exchange goes on for the others. */
function abandonable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
