import { credentialOf } from '@harbor/shared-runtime/auth/credential'
import { redactJson } from '@harbor/shared-runtime/redact'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { growth, LINEAR } from '@harbor/shared-testing/growth'
import { expect, test } from 'vitest'
import { clientAddress, trustedProxies } from './limits/address.ts'

const proxies = trustedProxies.parse('10.0.0.0/8')

test.each<[string, (n: number) => string, (text: string) => unknown]>([
  ['Authorization of spaces', (n) => `Bearer ${' '.repeat(n)}x`, credentialOf],
  ['Authorization of padding', (n) => `Bearer ${'='.repeat(n)}x`, credentialOf],
  ['Authorization of dots', (n) => `DPoP ${'a.'.repeat(n / 2)} `, credentialOf],
  ['traceparent of dashes', (n) => '-'.repeat(n), continueTrace],
  ['traceparent of zeros', (n) => `00-${'0'.repeat(n)}`, continueTrace],
  ['X-Forwarded-For of commas', (n) => ','.repeat(n), (text) => clientAddress('10.0.0.1', text, proxies)],
  [
    'X-Forwarded-For of spaces',
    (n) => `1,${' '.repeat(n)}x`,
    (text) => clientAddress('10.0.0.1', text, proxies),
  ],
  ['a log line of backslashes', (n) => `"@${'\\'.repeat(n)}"`, redactJson],
  ['a log line of escapes before a name', (n) => `"=token${'\\'.repeat(n)}x"`, redactJson],
  ['a log line of labels', (n) => `"a@${'a.'.repeat(n / 2)}"`, redactJson],
  ['a log line of addresses', (n) => `"${'4@4.U.N.B.U.G.1.G'.repeat(n / 16)}"`, redactJson],
  ['a log line of schemes', (n) => `"${'Bearer '.repeat(n / 7)}"`, redactJson],
  ['a log line of quotes', (n) => `"${"token='".repeat(n / 7)}"`, redactJson],
  ['a log line of slashes', (n) => `"${'//'.repeat(n / 2)}@"`, redactJson],
])('%s is read in linear time', (_, input, work) => {
  expect(growth(input, work)).toBeLessThan(LINEAR)
})
