/** An access token and how it was presented: by who holds it, or with the proof of a key (RFC 9449). */
export type Credential = { readonly scheme: 'Bearer' | 'DPoP'; readonly token: string }

const CREDENTIAL = /^(?:(bearer)|dpop) +([\w.~+/-]+=*)$/i

/** What an `Authorization` header holds; `undefined` for another scheme, or anything but one token. */
export function credentialOf(authorization: string | undefined | null): Credential | undefined {
  const [, bearer, token] = CREDENTIAL.exec(authorization ?? '') ?? []
  return token === undefined ? undefined : { scheme: bearer ? 'Bearer' : 'DPoP', token }
}
