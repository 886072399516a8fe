import { LOCALES } from '@harbor/shared-runtime/locale'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormat } from './index.ts'

const now = new Date('2026-11-21T09:00:00Z')
const en = createFormat('en', now)

describe('money', () => {
  it('is formatted in the language of the request', () => {
    const price = { amountMinor: 123_450, currency: 'EUR' }
    expect(en.money(price).formatted).toBe('€1,234.50')
    expect(createFormat('de', now).money(price).formatted).toBe('1.234,50\u00a0€')
  })

  it('has as many minor digits as its currency', () => {
    expect(createFormat('ja', now).money({ amountMinor: 1980, currency: 'JPY' }).formatted).toBe('￥1,980')
    expect(en.money({ amountMinor: 1980, currency: 'BHD' }).formatted).toBe('BHD\u00a01.980')
  })

  it('shows the computed amount unchanged, in every language', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...LOCALES), (amountMinor, locale) => {
        expect(createFormat(locale, now).money({ amountMinor, currency: 'EUR' }).amount).toBe(amountMinor)
      }),
    )
  })
})

/** The digits of a text, in any script, after its sign. */
const digitsOf = (text: string): string => text.replace(/\D/g, '')

describe.each(LOCALES)('in %s', (locale) => {
  const format = createFormat(locale, now)

  it('an amount is written with all of its digits, and no other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 12 }),
        fc.constantFrom(['EUR', 2], ['JPY', 0], ['BHD', 3]),
        (amountMinor, [currency, digits]) => {
          const { amount, formatted } = format.money({ amountMinor, currency: String(currency) })
          expect(amount).toBe(amountMinor)
          expect(digitsOf(formatted)).toBe(String(amountMinor).padStart(Number(digits) + 1, '0'))
        },
      ),
    )
  })

  it('every day, past or future, has a label, and labels are ordered like the days', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4_000, max: 4_000 }), (days) => {
        const label = format.relativeDay(new Date(now.getTime() + days * 86_400_000).toISOString())
        expect(label).not.toMatch(/undefined|NaN|^$/)
        if (Math.abs(days) > 1) expect(Number(digitsOf(label) || 1)).toBeLessThanOrEqual(Math.abs(days))
      }),
    )
  })
})

describe('relative days', () => {
  it.each([
    ['2026-11-21T00:00:01Z', 'today'],
    ['2026-11-20T23:59:59Z', 'yesterday'],
    ['2026-11-11T09:00:00Z', '10 days ago'],
    ['2026-11-01T09:00:00Z', '2 weeks ago'],
    ['2026-07-01T09:00:00Z', '4 months ago'],
    ['2024-07-01T09:00:00Z', '2 years ago'],
    ['2026-11-22T01:00:00Z', 'tomorrow'],
  ])('format %s as %s', (instant, label) => {
    expect(en.relativeDay(instant)).toBe(label)
  })

  it('are constant during a day, so that the ETag is, too', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399_999 }), (ms) => {
        const later = createFormat('de', new Date(Date.parse('2026-11-21T00:00:00Z') + ms))
        expect(later.relativeDay('2026-11-18T12:00:00Z')).toBe('vor 3 Tagen')
      }),
    )
  })
})

it('thumbnails ask for twice the width that is shown, whatever the address', () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.integer({ min: 1 }),
      (url, width) => {
        const sized = new URL(en.thumbnail(url, width))
        expect(sized.searchParams.getAll('w')).toEqual([String(width * 2)])
        expect(sized.hash).toBe(new URL(url).hash)
      },
    ),
  )
  expect(en.thumbnail('https://img.example/a.jpg?w=40', 60)).toBe('https://img.example/a.jpg?w=120')
  expect(en.thumbnail('https://img.example/a.jpg', 60)).toBe('https://img.example/a.jpg?w=120')
  expect(en.thumbnail('https://img.example/a.jpg?v=2', 60)).toBe('https://img.example/a.jpg?v=2&w=120')
})
