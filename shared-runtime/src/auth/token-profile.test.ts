import { createIssuer } from '@harbor/shared-testing/issuer'
import { describe, expect, test } from 'vitest'
import { createTokenVerifier } from './index.ts'
import { claimOf, RFC_9068, type TokenProfile } from './token-profile.ts'

const { issuer, audience, key, otherAlgorithm, sign } = await createIssuer('shop-api')
const verifierOf = (profile: Partial<TokenProfile>) =>
  createTokenVerifier({
    issuer,
    audience,
    profile: { ...RFC_9068, ...profile },
    loadKeys: async () => ({ keys: [key.jwk, otherAlgorithm.jwk] }),
  })

const NONE = { client_id: undefined, roles: undefined, scope: undefined, jti: undefined }
const PROVIDERS: Record<string, { profile: Partial<TokenProfile>; typ: string; claims: object }> = {
  Keycloak: {
    profile: { type: 'JWT', roles: 'realm_access.roles', client: 'azp' },
    typ: 'JWT',
    claims: {
      azp: 'shop-web',
      realm_access: { roles: ['staff', 'offline_access'] },
      scope: 'profile orders:read',
    },
  },
  'Entra ID': {
    profile: { type: 'JWT', scopes: 'scp', client: 'azp' },
    typ: 'JWT',
    claims: { azp: 'shop-web', roles: ['staff'], scp: 'orders:read' },
  },
  Auth0: {
    profile: { type: 'JWT', roles: 'https://shop.example/roles', client: 'azp' },
    typ: 'at+jwt',
    claims: { azp: 'shop-web', 'https://shop.example/roles': ['staff'], scope: 'orders:read' },
  },
  Okta: {
    profile: { type: 'JWT', roles: 'groups', scopes: 'scp', client: 'cid' },
    typ: 'application/okta-internal-at+jwt',
    claims: { cid: 'shop-web', groups: ['staff'], scp: ['orders:read', 'email'] },
  },
}

test.each(Object.entries(PROVIDERS))(
  'tokens of %s are read as settings say',
  async (_, { profile, typ, claims }) => {
    const token = await sign({ ...NONE, ...claims }, otherAlgorithm, { typ })
    expect(await verifierOf(profile)(token)).toEqual({
      id: 'c1001',
      roles: new Set(['staff']),
      scopes: new Set(['orders:read']),
      clientId: 'shop-web',
      token,
    })
  },
)

describe('with TOKEN_TYPE=JWT a token is refused', () => {
  const verify = verifierOf({ type: 'JWT' })
  test.each([
    ['that is an ID token, by the hash that only those have', { at_hash: 'MTIz' }],
    ['of another audience', { aud: 'web-bff' }],
    ['without a client', { client_id: undefined }],
    ['without a subject', { sub: undefined }],
    ['whose roles are neither a list nor words', { roles: { staff: true } }],
  ])('%s', async (_, claims) => {
    await expect(verify(await sign(claims, key, { typ: 'JWT' }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })
})

test('a claim is found by its name, else by the path; inherited properties are none', () => {
  const claims = { 'a.b': 1, a: { b: 2, c: { d: 3 } } }
  expect(
    ['a.b', 'a.c.d', 'a.x.y', 'constructor', 'a.constructor.name'].map((name) => claimOf(claims, name)),
  ).toEqual([1, 3, undefined, undefined, undefined])
})
