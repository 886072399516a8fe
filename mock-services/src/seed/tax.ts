import { productHead } from './products.ts'
import { random } from './random.ts'
import { iso, NOW } from './reference.ts'

/** Standard and reduced rate, in basis points. */
const RATES = new Map<string, readonly [standard: number, reduced: number, authority: string, law: string]>([
  ['DE', [1900, 700, 'Bundeszentralamt für Steuern', '§ 12 UStG']],
  ['FR', [2000, 550, 'Direction générale des Finances publiques', 'CGI art. 278']],
  ['AT', [2000, 1000, 'Finanzamt Österreich', '§ 10 UStG 1994']],
  ['NL', [2100, 900, 'Belastingdienst', 'Wet OB 1968 art. 9']],
  ['GB', [2000, 0, 'HM Revenue & Customs', 'VATA 1994 s. 2']],
  ['JP', [1000, 800, 'National Tax Agency', 'Consumption Tax Act art. 29']],
])
const ELSEWHERE = [0, 0, 'none: export', 'Directive 2006/112/EC art. 146'] as const

type Request = {
  country: string
  currency: string
  lines: { sku: string; quantity: number; netMinor: number }[]
}

/** Tax by line, with the reasons that an auditor would ask for. */
export function calculateTax({ country, currency, lines }: Request) {
  const [standard, reduced, authority, law] = RATES.get(country) ?? ELSEWHERE
  const taxed = lines.map(({ sku, quantity, netMinor }, index) => {
    const head = productHead(sku)
    const rateBasisPoints = head?.category.taxClass === 'REDUCED' ? reduced : standard
    const taxMinor = Math.round((netMinor * rateBasisPoints) / 10_000)
    const r = random('tax', sku, country)
    return {
      sku,
      rateBasisPoints,
      taxMinor,
      jurisdictionCode: `${country}-${rateBasisPoints === reduced ? 'R' : 'S'}-2026`,
      lineNumber: index + 1,
      quantity,
      netMinor,
      grossMinor: netMinor + taxMinor,
      taxCategory: rateBasisPoints === 0 ? 'Z' : 'S',
      commodityCode: `${r.int(3900, 9500)}${r.int(1000, 9999)}`,
      classification: {
        model: 'hs-classifier-7',
        confidence: Math.round(r.next() * 1000) / 1000,
        path: [head?.category.name, head?.noun, head?.material],
        reviewedBy: r.pick(['system:tax', 'staff:s2']),
      },
      components: [
        {
          level: 'COUNTRY',
          code: country,
          name: 'Value added tax',
          rateBasisPoints,
          taxableMinor: netMinor,
          taxMinor,
          roundingRule: 'HALF_UP_PER_LINE',
        },
        {
          level: 'REGION',
          code: `${country}-00`,
          name: 'No regional tax',
          rateBasisPoints: 0,
          taxableMinor: netMinor,
          taxMinor: 0,
          roundingRule: 'NONE',
        },
        {
          level: 'SPECIAL',
          code: 'ECO',
          name: 'Packaging levy, paid by the shop',
          rateBasisPoints: 0,
          taxableMinor: 0,
          taxMinor: 0,
          roundingRule: 'NONE',
        },
      ],
      evidence: {
        placeOfSupply: country,
        basis: 'DELIVERY_ADDRESS',
        ruleId: `rule-${r.int(1000, 1999)}`,
        law,
        validFrom: '2026-01-01',
        validUntil: null,
        source: authority,
      },
      exemption: { applied: false, reason: null, certificate: null },
      explanation: `The goods are moved to ${country}; the rate of ${rateBasisPoints / 100} % follows from ${law} for the class ${head?.category.taxClass ?? 'STANDARD'}.`,
    }
  })
  return {
    totalMinor: taxed.reduce((sum, line) => sum + line.taxMinor, 0),
    currency,
    lines: taxed,
    engine: 'harbor-tax 11.4.0',
    rulesAsOf: '2026-11-01',
    calculatedAt: iso(NOW),
    sellerRegistrations: [
      { country: 'DE', number: 'DE311847002' },
      { country: 'FR', number: 'FR40843119227' },
      { country: 'EU', number: 'OSS-DE-2026' },
    ],
    invoiceNotes: [
      'Prices are net; the tax is shown for each line.',
      'One-stop-shop procedure for deliveries within the European Union.',
    ],
  }
}
