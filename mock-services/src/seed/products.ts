import { CATEGORIES, type Category } from './categories.ts'
import { imageUrl } from './picture.ts'
import { BRANDS, COLOURS, SERIES } from './product-names.ts'
import { describe, questions, summarise } from './product-text.ts'
import { random } from './random.ts'
import { COUNTS, DAY, FIRST, iso, lazily, money, NOW, numberIn, numbers, recordAudit } from './reference.ts'

/** What can be known of a product without making all of it: enough to search, list and price. */
export type ProductHead = {
  number: number
  id: string
  sku: string
  name: string
  brand: string
  noun: string
  material: string
  colour: string
  category: Category
  /** Cents, before any discount. */
  listMinor: number
  discountBasisPoints: number
  weightGrams: number
}

export type Product = ReturnType<typeof product>

const productNumbers = numbers(FIRST.product, COUNTS.products)
const inSeed = (id: string, prefix: string) => numberIn(id, prefix, FIRST.product, COUNTS.products)

/** All heads, in order of their numbers. */
export const productHeads = lazily((_: 'all') => productNumbers.map(productHeadOf))

/** The head of `p1001` or of `HB-1001`. */
export function productHead(idOrSku: string): ProductHead | undefined {
  const number = inSeed(idOrSku, 'p') ?? inSeed(idOrSku, 'HB-')
  return number === undefined ? undefined : productHeads('all')[number - FIRST.product]
}

/** What a product costs in cents after its discount, unless its price was changed at run time. */
export const seededSaleMinor = ({ listMinor, discountBasisPoints }: ProductHead): number =>
  Math.round((listMinor * (10_000 - discountBasisPoints)) / 10_000)

/** The head of any number, in the seed or after it. */
export function productHeadOf(number: number): ProductHead {
  const r = random('product', number)
  const category = CATEGORIES[(number - FIRST.product) % CATEGORIES.length] as Category
  const brand = r.pick(BRANDS)
  const noun = r.pick(category.nouns)
  const material = r.pick(category.materials)
  const [low, high] = category.price
  const spread = r.next() ** 2
  return {
    number,
    id: `p${number}`,
    sku: `HB-${number}`,
    name: `${brand} ${r.pick(SERIES)} ${noun}`,
    brand,
    noun,
    material,
    colour: r.pick(COLOURS),
    category,
    listMinor: Math.round((low + (high - low) * spread) / 100) * 100 - 10,
    discountBasisPoints: r.pick([0, 0, 0, 0, 500, 1000, 1500, 2000, 2500]),
    weightGrams: r.int(...category.weight),
  }
}

/** The whole product as catalog answers it, about 8 KB of JSON. */
export function product(head: ProductHead) {
  const r = random('product-detail', head.number)
  const created = NOW - r.int(60, 1400) * DAY
  const margin = r.int(1800, 5200)
  return {
    id: head.id,
    sku: head.sku,
    name: head.name,
    brand: head.brand,
    summary: summarise(head),
    description: describe(head.number, head),
    categoryId: head.category.id,
    categoryName: head.category.name,
    categoryPath: ['Home', head.category.name, head.noun],
    images: images(head),
    specifications: specifications(head),
    relatedIds: relatedIds(head),
    updatedAt: iso(NOW - r.int(1, 40 * 24) * 3_600_000),
    active: head.number % 97 !== 0,
    wholesaleCost: money(Math.round((head.listMinor * (10_000 - margin)) / 11_900)),
    margin,
    supplierId: `sup-${r.int(100, 180)}`,
    supplierArticleNumber: `${r.hex(4).toUpperCase()}-${r.int(10_000, 99_999)}`,
    gtin: `40${r.int(10_000_000, 99_999_999)}${r.int(100, 999)}`,
    customsTariffNumber: `${r.int(3900, 9500)}${r.int(1000, 9999)}`,
    questions: questions(head.number, head),
    packaging: packaging(head),
    compliance: {
      foodContact: /Cook|Knives|Bake|Table|Glass|Coffee|Storage/.test(head.category.name),
      certificates: r.sample(
        [
          'FSC C104211',
          'OEKO-TEX Standard 100',
          'LFGB §30/31',
          'GOTS CU 812336',
          'REACH SVHC 2026-06',
          'CE',
          'GS TÜV Süd',
        ],
        3,
      ),
      responsiblePerson: `${head.brand} GmbH, Speicherstraße ${r.int(2, 90)}, 20457 Hamburg, Germany`,
      warnings: ['Keep packaging away from small children.', 'Let it cool down before cleaning.'],
    },
    sustainability: {
      recycledShareBasisPoints: r.int(5, 90) * 100,
      carbonGrams: Math.round(head.weightGrams * (1.5 + r.next() * 4)),
      repairable: r.chance(0.7),
      sparePartsUntil: iso(NOW + 3650 * DAY).slice(0, 10),
    },
    translations: {
      de: {
        name: `${head.name} – ${head.colour}`,
        note: 'Kostenlose Rücksendung innerhalb von dreißig Tagen, fünf Jahre Garantie.',
      },
      fr: {
        name: `${head.name} – ${head.colour}`,
        note: 'Retour gratuit pendant trente jours, garantie de cinq ans.',
      },
      ja: { name: head.name, note: '30日以内は返品無料、5年保証。' },
    },
    seo: {
      title: `${head.name} in ${head.colour} | Harbor`,
      slug: `${head.name} ${head.colour}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
      keywords: [head.brand, head.noun, head.material, head.colour, head.category.name].map((word) =>
        word.toLowerCase(),
      ),
    },
    merchandising: {
      season: r.pick(['all year', 'autumn 2026', 'winter 2026', 'spring 2027']),
      planogramSlot: `${head.category.id}-${r.pick(['A', 'B', 'C', 'D'])}${r.int(1, 48)}`,
      sortWeight: r.int(1, 10_000),
      internalNote: r.pick([
        'Reorder with the next container.',
        'Photograph again: old logo on picture 3.',
        'Buyer is negotiating the price for 2027.',
        'Display piece in Hamburg is damaged.',
      ]),
    },
    audit: recordAudit(head.number, created, 'product-information'),
  }
}

function images(head: ProductHead) {
  const { name, colour, number } = head
  const views = [
    'front view',
    'side view',
    'in use',
    'detail of the surface',
    'with its box',
    'size comparison',
    'underside',
    'in a room',
  ]
  return views.slice(0, 6 + (number % 3)).map((view, i) => ({
    url: imageUrl(head, i),
    width: i === 7 ? 3000 : 2400,
    height: i === 7 ? 2000 : 2400,
    alt: `${name} in ${colour}, ${view}`,
    dominantColour: `#${random('image', number, i).hex(6)}`,
  }))
}

function specifications(head: ProductHead) {
  const r = random('specification', head.number)
  const row = (name: string, value: string | number, unit = '') => ({ name, value: String(value), unit })
  return [
    row('Material', head.material),
    row('Colour', head.colour),
    row('Width', r.int(60, 900), 'mm'),
    row('Depth', r.int(60, 700), 'mm'),
    row('Height', r.int(20, 1200), 'mm'),
    row('Net weight', head.weightGrams, 'g'),
    row('Wall thickness', (r.int(8, 60) / 10).toFixed(1), 'mm'),
    row('Heat resistant up to', r.int(60, 280), '°C'),
    row('Suitable for dishwashers', r.pick(['yes', 'no', 'gentle programme'])),
    row('Suitable for outdoor use', r.pick(['yes', 'no', 'under a roof'])),
    row(
      'Country of origin',
      r.pick(['Portugal', 'Germany', 'Sweden', 'Japan', 'Poland', 'France', 'Italy', 'Türkiye']),
    ),
    row(
      'Designer',
      r.pick(['Ingrid Solberg', 'Studio Havn', 'Jun Watanabe', 'Clara Benedetti', 'Works department']),
    ),
    row('Pieces in the box', r.int(1, 6)),
    row('Guarantee', 5, 'years'),
    row('Assembly', r.pick(['none', 'ten minutes, tool in the box', 'two people, half an hour'])),
    row('Surface', r.pick(['matt', 'polished', 'brushed', 'oiled', 'glazed', 'raw'])),
  ]
}

function packaging({ weightGrams, number }: ProductHead) {
  const r = random('packaging', number)
  return {
    lengthMm: r.int(120, 1400),
    widthMm: r.int(100, 800),
    heightMm: r.int(40, 600),
    grossWeightGrams: Math.round(weightGrams * 1.12) + 90,
    material: 'corrugated cardboard, 92 % recycled',
    piecesPerCarton: r.pick([1, 2, 4, 6, 12]),
    cartonsPerPallet: r.pick([12, 24, 48, 96]),
    fragile: r.chance(0.3),
  }
}

/** Neighbours in the same category. */
function relatedIds({ number }: ProductHead): string[] {
  const r = random('related', number)
  const sameCategory = productNumbers.filter((n) => n !== number && (n - number) % CATEGORIES.length === 0)
  return r.sample(sameCategory, 10).map((n) => `p${n}`)
}
