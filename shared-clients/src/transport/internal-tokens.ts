import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { LRUCache } from 'lru-cache'
import type { Pool } from 'undici'
import { z } from 'zod'
import type { ServiceName } from '../services.ts'
import { readJson } from './read-json.ts'

/**
 * Gives the token with which a request may call a service. `refused`: one that the service did not take; it is
 * not given out again, unless another was obtained for that reason a moment ago.
 */
export type InternalTokens = (
  context: RequestContext,
  audience: ServiceName,
  signal: AbortSignal,
  refused?: string,
) => Promise<string>

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })
type TokenAnswer = z.infer<typeof TokenAnswer>

/** RFC 6749, 5.2. */
const Refusal = z.object({ error: z.string() })
/** The user's token is not good: by RFC 6749, 5.2 and by RFC 8693, 2.2.2. */
const USER_REFUSED = new Set(['invalid_grant', 'invalid_request'])

const EXCHANGE_TIMEOUT_MS = 2_000
/** A token is not used in its last seconds: it must still be valid when the upstream reads it. */
const EXPIRY_MARGIN_S = 30
/** A service that refuses everything makes no more exchanges than one in this time per user. */
const RENEWAL_MS = 10_000
const MAX_TOKENS = 20_000

/** `renewedAt`: an instant of `performance.now()`, when it took the place of a refused one. */
type Kept = { readonly token: string; readonly renewedAt: number }

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
  const ready = new LRUCache<string, Kept>({ max: MAX_TOKENS })
  const running = new Map<string, Promise<string>>()

  return (context, audience, signal, refused) => {
    // The token is part of the key, so two users can never share an entry.
    const key = `${audience} ${context.viewer?.token ?? ''}`
    const kept = ready.get(key)
    if (kept && (kept.token !== refused || performance.now() - kept.renewedAt < RENEWAL_MS))
      return Promise.resolve(kept.token)
    if (signal.aborted) return Promise.reject(signal.reason)
    let exchange = running.get(key)
    if (!exchange) {
      const renewedAt = kept ? performance.now() : Number.NEGATIVE_INFINITY
      exchange = obtain(audience, context.viewer?.token)
        .then(({ access_token: token, expires_in }) => {
          const ttl = (expires_in - EXPIRY_MARGIN_S) * 1000
          if (ttl > 0) ready.set(key, { token, renewedAt }, { ttl })
          else ready.delete(key)
          return token
        })
        .finally(() => running.delete(key))
      running.set(key, exchange)
    }
    return abandonable(exchange, signal)
  }

  async function obtain(audience: ServiceName, subjectToken: string | undefined): Promise<TokenAnswer> {
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
    if (answer.statusCode === 400 && subjectToken !== undefined) {
      const refusal = Refusal.safeParse(await readJson('identity', answer.body).catch(() => undefined))
      const code = USER_REFUSED.has(refusal.data?.error ?? '') ? 'user_refused' : 'unauthorized'
      throw new UpstreamError('identity', code, `no token for ${audience}: status 400`)
    }
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
    return parsed.data
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
