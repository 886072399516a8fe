import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Tokens } from '../auth.ts'
import { isServiceName } from '../service-names.ts'
import { TOKEN_EXCHANGE } from './clients.ts'
import { userById } from './users.ts'

const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
/** Short, as nothing can take such a token back. */
const INTERNAL_TOKEN_SECONDS = 300

type Parameters = { audience?: string; subject_token?: string; subject_token_type?: string }

/** The two ways to a token for a domain service; both are for authenticated BFFs only. */
export function registerInternalGrants(provider: Provider, tokens: Tokens): void {
  provider.registerGrantType<Parameters>(
    'client_credentials',
    async (ctx) => {
      const { clientId } = ctx.oidc.client
      const claims = { sub: clientId, aud: serviceIn(ctx.oidc.params), clientId, roles: [] }
      ctx.body = answer(await tokens.issue(claims, INTERNAL_TOKEN_SECONDS))
    },
    ['audience'],
  )

  provider.registerGrantType<Parameters>(
    TOKEN_EXCHANGE,
    async (ctx) => {
      const { clientId } = ctx.oidc.client
      const { subject_token, subject_token_type } = ctx.oidc.params
      const aud = serviceIn(ctx.oidc.params)
      if (!subject_token) throw new errors.InvalidRequest('missing required parameter subject_token')
      if (subject_token_type !== ACCESS_TOKEN_TYPE)
        throw new errors.InvalidRequest('subject_token_type: an access token')

      // A BFF can exchange only what was issued for it: a token taken from another one is of no use.
      const subject = await tokens.verify(subject_token, clientId)
      const user = subject && userById(subject.sub)
      if (!user) throw new errors.InvalidGrant('subject_token is not valid for this client')

      const claims = { sub: user.id, aud, clientId, roles: user.roles, actor: clientId }
      ctx.body = {
        ...answer(await tokens.issue(claims, INTERNAL_TOKEN_SECONDS)),
        issued_token_type: ACCESS_TOKEN_TYPE,
      }
    },
    ['audience', 'subject_token', 'subject_token_type'],
  )
}

const answer = (token: string) => ({
  access_token: token,
  token_type: 'Bearer',
  expires_in: INTERNAL_TOKEN_SECONDS,
})

function serviceIn({ audience }: Parameters): string {
  if (!audience) throw new errors.InvalidRequest('missing required parameter audience')
  if (!isServiceName(audience) || audience === 'identity')
    throw new errors.InvalidTarget('audience: not a domain service')
  return audience
}
