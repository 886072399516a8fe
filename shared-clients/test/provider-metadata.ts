/** Answers as an identity provider does at its discovery address; `undefined` for every other request. */
export function metadataFor(issuer: string, url: string | undefined): string | undefined {
  if (url !== '/.well-known/openid-configuration') return undefined
  return JSON.stringify({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` })
}
