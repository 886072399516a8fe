/** An access token and its scheme: bearer, or bound to a key that the consumer proves to have (RFC 9449). */
export type Credential = { readonly scheme: 'Bearer' | 'DPoP'; readonly token: string }

const CREDENTIAL = /^(?:(bearer)|dpop) +([\w.~+/-]+=*)$/i

/** Parses an `Authorization` header; `undefined` for another scheme or anything but one token. */
export function credentialOf(authorization: string | undefined | null): Credential | undefined {
  const [, bearer, token] = CREDENTIAL.exec(authorization ?? '') ?? []
  return token === undefined ? undefined : { scheme: bearer ? 'Bearer' : 'DPoP', token }
}
