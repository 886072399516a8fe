import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import * as client from 'openid-client'
import { z } from 'zod'
import { reachIdentity, unreachable } from './reach-identity.ts'
import type { Grant } from './session.ts'

/** State needed when the user returns from the identity service. */
export type Challenge = { readonly state: string; readonly nonce: string; readonly verifier: string }

export type Oidc = ReturnType<typeof createOidc>

/** Outcome of sending a refresh token. `unknown`: it may have been used, and its successor lost. */
export type Refreshed =
  | { readonly outcome: 'granted'; readonly grant: Grant }
  | { readonly outcome: 'refused' | 'not taken' | 'unknown'; readonly error: unknown }

type Options = {
  issuer: string
  /** Other origins at which its endpoints may be. */
  origins?: readonly string[] | undefined
  clientId: string
  clientSecret: string
  /** The public URL of this BFF: `https://shop.example`. */
  origin: () => string
  /** What a log-in asks for beside what the protocol needs: `scope`, and what the provider wants besides. */
  parameters?: URLSearchParams
  /** Verifies access tokens issued for this BFF. */
  verify: TokenVerifier
  timeoutMs?: number
}

const DEFAULT_LIFETIME_S = 60

/** Error codes beyond RFC 6749, as used by Keycloak and Entra. */
const Lifetimes = z.object({
  refresh_expires_in: z.number().positive().optional().catch(undefined),
  refresh_token_expires_in: z.number().positive().optional().catch(undefined),
})

/**
 * The web BFF as a confidential OpenID client: code with PKCE (S256), state and nonce, client secret, ID tokens with
 * verified signatures. The metadata of the service is loaded on first use and cached.
 */
export function createOidc({
  issuer,
  origins,
  clientId,
  clientSecret,
  origin,
  parameters = new URLSearchParams({ scope: 'openid profile' }),
  verify,
  timeoutMs = 5_000,
}: Options) {
  const reach = reachIdentity(issuer, origins)
  let discovered: Promise<client.Configuration> | undefined

  const configuration = () =>
    (discovered ??= client
      .discovery(
        new URL(issuer),
        clientId,
        // No algorithm of this client's own: one that its metadata name, by a key of its set.
        {},
        client.ClientSecretBasic(clientSecret),
        {
          execute: [
            client.enableNonRepudiationChecks,
            ...(issuer.startsWith('http:') ? [client.allowInsecureRequests] : []),
          ],
          // The library only sends forms.
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
    // OpenID Connect Core, 12.2: a refresh may return an ID token, but only of the same user.
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
    /** The log-in URL at the identity service, and the state to store until the user returns. */
    async challenge(): Promise<{ url: URL; challenge: Challenge }> {
      const verifier = client.randomPKCECodeVerifier()
      const challenge = { state: client.randomState(), nonce: client.randomNonce(), verifier }
      const url = client.buildAuthorizationUrl(await configuration(), {
        ...Object.fromEntries(parameters),
        redirect_uri: `${origin()}/auth/callback`,
        state: challenge.state,
        nonce: challenge.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url, challenge }
    },

    /**
     * Exchanges the code of the callback.
     * @throws {UpstreamError} of `identity`, or another error for an answer that does not match this challenge
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

    /** Revokes a refresh token (RFC 7009); its access tokens end with it. */
    revoke: async (refreshToken: string) =>
      client.tokenRevocation(await configuration(), refreshToken, { token_type_hint: 'refresh_token' }),

    /** The log-out URL at the service, which redirects back (OpenID RP-Initiated Logout 1.0). */
    async endSessionUrl(idToken: string | undefined): Promise<string | undefined> {
      const config = await configuration()
      if (!config.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(config, {
        post_logout_redirect_uri: `${origin()}/`,
        ...(idToken !== undefined && { id_token_hint: idToken }),
      }).href
    },

    /** The URL of the service's keys. */
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
