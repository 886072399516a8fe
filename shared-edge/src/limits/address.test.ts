import { parseConfig } from '@harbor/shared-runtime/config'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addressKey, clientAddress, trustedProxies } from './address.ts'

const Config = z.object({ TRUSTED_PROXIES: trustedProxies })
const trusted = (list: string) => parseConfig(Config, { TRUSTED_PROXIES: list }).TRUSTED_PROXIES

describe('the address of a consumer', () => {
  test.for([
    ['no trusted proxy', '203.0.113.9', '198.51.100.1', '', '203.0.113.9'],
    ['no header', '10.0.0.1', undefined, '10.0.0.0/8', '10.0.0.1'],
    ['one trusted proxy', '10.0.0.1', '198.51.100.1', '10.0.0.0/8', '198.51.100.1'],
    ['two trusted proxies', '10.0.0.1', '198.51.100.1, 10.2.3.4', '10.0.0.0/8', '198.51.100.1'],
    [
      'a header with forged entries on the left',
      '10.0.0.1',
      '1.1.1.1, 198.51.100.1',
      '10.0.0.0/8',
      '198.51.100.1',
    ],
    ['a header from an untrusted address', '203.0.113.9', '1.1.1.1', '10.0.0.0/8', '203.0.113.9'],
    ['only trusted addresses', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.0/8', '10.0.0.3'],
    ['a word instead of an address', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.0/8', '10.0.0.1'],
    ['an address with a port', '10.0.0.1', '198.51.100.1:4711', '10.0.0.1', '198.51.100.1'],
    ['an IPv6 address with a port', '10.0.0.1', '[2001:db8::1]:4711', '10.0.0.1', '2001:db8::1'],
    ['an IPv4-mapped address of a proxy', '::ffff:10.0.0.1', '198.51.100.1', '10.0.0.0/8', '198.51.100.1'],
    ['an IPv4-mapped address of a consumer', '10.0.0.1', '::ffff:198.51.100.1', '10.0.0.1', '198.51.100.1'],
    ['an IPv6 proxy', 'fd00::1', '198.51.100.1', 'fd00::/8', '198.51.100.1'],
    ['no socket at all', '', '198.51.100.1', '10.0.0.0/8', ''],
  ] as const)('with %s', ([, peer, forwardedFor, proxies, expected]) => {
    expect(clientAddress(peer, forwardedFor, trusted(proxies))).toBe(expected)
  })

  test('is never an entry left of an untrusted address', () => {
    const proxies = trusted('10.0.0.0/8')
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.string())), (lies) => {
        const header = [...lies, '198.51.100.1', '10.9.9.9'].join(',')
        expect(clientAddress('10.0.0.1', header, proxies)).toBe('198.51.100.1')
      }),
    )
  })

  test('is always an address of the header or of the socket', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const found = clientAddress('10.0.0.1', header, trusted('10.0.0.0/8'))
        expect(found === '10.0.0.1' || header.includes(found)).toBe(true)
      }),
    )
  })
})

test.for(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/8/8', 'proxy.example', '10.0.0.1,', '10.0.0.0/x'])(
  'TRUSTED_PROXIES does not take %s',
  (list) => {
    expect(() => trusted(list)).toThrow('TRUSTED_PROXIES: given')
  },
)

describe('the key of an address', () => {
  test.for([
    ['198.51.100.1', '198.51.100.1'],
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['::FFFF:198.51.100.1', '198.51.100.1'],
    ['1:2:3::4:5:6:7', '1:2:3:0::/64'],
    ['no address: at all', 'no address: at all'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
    ['', ''],
  ])('%s is counted as %s', ([address = '', key]) => {
    expect(addressKey(address)).toBe(key)
  })

  test('is equal within a /64 and different outside, in any notation', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 })
    const short = (all: number[]) =>
      new URL(`http://[${all.map((n) => n.toString(16)).join(':')}]`).hostname.slice(1, -1)
    fc.assert(
      fc.property(groups, groups, (a, b) => {
        expect(addressKey(short([...a.slice(0, 4), ...b.slice(4)]))).toBe(addressKey(short(a)))
        const same = a.slice(0, 4).join() === b.slice(0, 4).join()
        expect(addressKey(short(a)) === addressKey(short(b))).toBe(same)
      }),
    )
  })
})
