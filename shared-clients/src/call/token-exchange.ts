import { UpstreamError } from '@harbor/shared-runtime/errors'
import { z } from 'zod'
import type { Identity } from '../services/identity.ts'
import type { ServiceName } from '../services.ts'
import { readJson } from './read-json.ts'

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })
type TokenAnswer = z.infer<typeof TokenAnswer>

/** RFC 6749, 5.2. */
const Refusal = z.object({ error: z.string() })
/** The user's token is not good: by RFC 6749, 5.2 and by RFC 8693, 2.2.2. */
const USER_REFUSED = new Set(['invalid_grant', 'invalid_request'])

const EXCHANGE_TIMEOUT_MS = 2_000

type Options = { identity: Pick<Identity, 'tokenEndpoint'>; clientId: string; clientSecret: string }

/** Obtains an internal token for one service, in the name of a user or, without a subject token, of this BFF. */
export type ExchangeToken = (audience: ServiceName, subjectToken: string | undefined) => Promise<TokenAnswer>

/**
 * The exchange at the identity service: RFC 8693 with a user, client credentials without.
 * @throws {UpstreamError} of `identity`: `user_refused` when the user's token is not good there, else by its answer
 */
export function createTokenExchange({ identity, clientId, clientSecret }: Options): ExchangeToken {
  // RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`

  return async (audience, subjectToken) => {
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
    // Not the signal of the first caller: others wait for the same exchange.
    const { pool, path } = await identity.tokenEndpoint()
    const answer = await pool
      .request({
        method: 'POST',
        path,
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
