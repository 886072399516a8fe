import fc from 'fast-check'
import { expect, test } from 'vitest'
import { credentialOf } from './credential.ts'

test.each([
  ['DPoP abc.def', { scheme: 'DPoP', token: 'abc.def' }],
  ['dpop abc', { scheme: 'DPoP', token: 'abc' }],
  ['Bearer abc', { scheme: 'Bearer', token: 'abc' }],
  ['Bearer abc.def-_~+/==', { scheme: 'Bearer', token: 'abc.def-_~+/==' }],
  ['bearer abc', { scheme: 'Bearer', token: 'abc' }],
  ['Bearer  abc', { scheme: 'Bearer', token: 'abc' }],
  ['DPoP    abc', { scheme: 'DPoP', token: 'abc' }],
  ['Bearer\tabc', undefined],
  ['DPoP', undefined],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  ['', undefined],
  [undefined, undefined],
  [null, undefined],
  ['DPoP a, Bearer b', undefined],
  ['DPoPx abc', undefined],
  [' Bearer abc', undefined],
  ['Basic abc', undefined],
])('the credential of %j is %j', (header, credential) => {
  expect(credentialOf(header)).toEqual(credential)
})

test('property: no header yields a token with characters outside the token syntax', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const scheme of ['Bearer', 'DPoP', ''])
        expect(credentialOf(`${scheme} ${text}`)?.token ?? 'none').toMatch(/^[\w.~+/-]+=*$/)
    }),
  )
})
