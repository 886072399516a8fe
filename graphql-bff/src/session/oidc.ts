import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import * as client from 'openid-client'
import { z } from 'zod'
import { reachIdentity, unreachable } from './reach-identity.ts'
import type { Grant } from './session.ts'

/** What has to be known again when the user comes back from the identity service. */
export type Challenge = { readonly state: string; readonly nonce: string; readonly verifier: string }

export type Oidc = ReturnType<typeof createOidc>

/** What became of sending a refresh token. `unknown`: it may have been taken, and its successor lost. */
export type Refreshed =
  | { readonly outcome: 'granted'; readonly grant: Grant }
  | { readonly outcome: 'refused' | 'not taken' | 'unknown'; readonly error: unknown }

type Options = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Where users find this BFF: `https://shop.example`. */
  origin: () => string
  /** Verifies the access tokens that are for this BFF. */
  verify: TokenVerifier
  timeoutMs?: number
}

export const ID_TOKEN_ALGORITHM = 'ES256'
const SCOPE =
  'openid profile cart:read cart:write orders:read checkout notifications:read notifications:write'
const DEFAULT_LIFETIME_S = 60

/** Other names for it than RFC 6749 has none for: Keycloak's and Entra's. */
const Lifetimes = z.object({
  refresh_expires_in: z.number().positive().optional().catch(undefined),
  refresh_token_expires_in: z.number().positive().optional().catch(undefined),
})

/**
 * The web BFF as a confidential OpenID client: code with PKCE (S256), state and nonce, client secret, ID tokens
 * whose signature is checked. What the service says of itself is asked at the first need, and kept.
 */
export function createOidc({ issuer, clientId, clientSecret, origin, verify, timeoutMs = 5_000 }: Options) {
  const reach = reachIdentity(issuer)
  let discovered: Promise<client.Configuration> | undefined

  const configuration = () =>
    (discovered ??= client
      .discovery(
        new URL(issuer),
        clientId,
        { id_token_signed_response_alg: ID_TOKEN_ALGORITHM },
        client.ClientSecretBasic(clientSecret),
        {
          execute: [
            client.enableNonRepudiationChecks,
            ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
          ],
          // It sends forms, and nothing else.
          [client.customFetch]: (url, { body, ...init }) =>
            reach(url, { ...init, body: body instanceof URLSearchParams ? body : null }),
          timeout: timeoutMs / 1000,
        },
      )
      .catch((error: unknown) => {
        discovered = undefined
        throw unreachable(error) ?? unusable(error)
      }))

  async function grantOf(answer: Awaited<ReturnType<typeof client.refreshTokenGrant>>, before?: string) {
    const claims = answer.claims()
    const viewer = await verify(answer.access_token)
    // OpenID Connect Core, 12.2: a refresh may bring an ID token, and never another user's.
    const mismatch = (claims && claims.sub !== viewer.id) || (before !== undefined && before !== viewer.id)
    if (mismatch) throw new UpstreamError('identity', 'invalid_answer', 'tokens of different users')
    const { refresh_expires_in, refresh_token_expires_in } = Lifetimes.parse(answer)
    return {
      claims,
      grant: {
        user: {
          id: viewer.id,
          name: typeof claims?.name === 'string' ? claims.name : undefined,
          roles: [...viewer.roles],
          scopes: [...viewer.scopes],
          clientId: viewer.clientId,
        },
        sid: typeof claims?.sid === 'string' ? claims.sid : undefined,
        access: answer.access_token,
        refresh: answer.refresh_token,
        accessLifetime: answer.expires_in ?? DEFAULT_LIFETIME_S,
        refreshLifetime: refresh_token_expires_in ?? refresh_expires_in,
      },
    }
  }

  return {
    /** Where to send the user to log in, and what to keep until they come back. */
    async challenge(): Promise<{ url: URL; challenge: Challenge }> {
      const verifier = client.randomPKCECodeVerifier()
      const challenge = { state: client.randomState(), nonce: client.randomNonce(), verifier }
      const url = client.buildAuthorizationUrl(await configuration(), {
        redirect_uri: `${origin()}/auth/callback`,
        scope: SCOPE,
        state: challenge.state,
        nonce: challenge.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url, challenge }
    },

    /**
     * Exchanges the code that the user came back with.
     * @throws {UpstreamError} of `identity`, or any error for an answer that is not to this challenge
     */
    async redeem(query: string, { state, nonce, verifier }: Challenge): Promise<Grant> {
      const answer = await client.authorizationCodeGrant(
        await configuration(),
        new URL(`${origin()}/auth/callback${query}`),
        { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true },
      )
      const { grant } = await grantOf(answer)
      return { ...grant, id: answer.id_token ?? '' }
    },

    /** Sends a refresh token, once. */
    async refresh(token: string, userId: string, idToken: string): Promise<Refreshed> {
      let taken = false
      try {
        const answer = await client.refreshTokenGrant(await configuration(), token)
        taken = true
        const { grant } = await grantOf(answer, userId)
        return { outcome: 'granted', grant: { ...grant, id: answer.id_token ?? idToken } }
      } catch (error) {
        if (!taken && error instanceof client.ResponseBodyError)
          return { outcome: error.error === 'invalid_grant' ? 'refused' : 'not taken', error }
        const notTaken = !taken && unreachable(error)?.code === 'unavailable'
        return { outcome: notTaken ? 'not taken' : 'unknown', error }
      }
    },

    /** Tells the service that a refresh token is of no more use (RFC 7009); the access tokens end with it. */
    revoke: async (refreshToken: string) =>
      client.tokenRevocation(await configuration(), refreshToken, { token_type_hint: 'refresh_token' }),

    /** Where the user logs out at the service, and comes back from (OpenID RP-Initiated Logout 1.0). */
    async endSessionUrl(idToken: string | undefined): Promise<string | undefined> {
      const config = await configuration()
      if (!config.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(config, {
        post_logout_redirect_uri: `${origin()}/`,
        ...(idToken !== undefined && { id_token_hint: idToken }),
      }).href
    },

    /** Where the service's keys are. */
    async keysAddress(): Promise<string> {
      const { jwks_uri } = (await configuration()).serverMetadata()
      if (!jwks_uri) throw new UpstreamError('identity', 'invalid_answer', 'its metadata name no keys')
      return jwks_uri
    },
    reach,
    issuer,
    clientId,
  }
}

const unusable = (cause: unknown) =>
  new UpstreamError('identity', 'invalid_answer', 'its metadata cannot be used', { cause })
