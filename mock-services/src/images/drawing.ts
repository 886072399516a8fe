import { pictureHash } from '../seed/picture.ts'
import { type ProductHead, productHead, productHeadOf } from '../seed/products.ts'
import { random } from '../seed/random.ts'
import { type Palette, shapeFor } from './shapes.ts'

/** Pictures of one product: from the front, from nearby, in a room … */
const VIEWS = 8

/** Shade of a product's colour: hue in degrees, saturation and lightness in percent. */
type Shade = readonly [hue: number, saturation: number, lightness: number]

const SHADES = new Map<string, Shade>([
  ['chalk white', [40, 18, 86]],
  ['ink blue', [222, 48, 34]],
  ['olive', [70, 30, 38]],
  ['terracotta', [16, 55, 52]],
  ['charcoal', [220, 8, 28]],
  ['sand', [38, 38, 70]],
  ['sage', [110, 16, 60]],
  ['ochre', [38, 68, 50]],
  ['oxblood', [352, 52, 30]],
  ['natural', [30, 40, 62]],
  ['mist grey', [210, 10, 70]],
  ['forest green', [150, 38, 28]],
])

const hsl = ([hue, saturation, lightness]: Shade, lighter = 0) =>
  `hsl(${hue},${saturation}%,${Math.max(4, Math.min(96, lightness + lighter))}%)`

function paletteOf({ colour, number }: ProductHead): Palette {
  const shade: Shade = SHADES.get(colour) ?? [30, 40, 62]
  const accent: Shade = random('accent', number).pick([
    [28, 36, 42],
    [36, 46, 60],
    [220, 10, 24],
    [42, 60, 54],
  ] as const)
  return { main: hsl(shade), dark: hsl(shade, -12), light: hsl(shade, 12), accent: hsl(accent) }
}

/** The product that a path names, in the seed or added while the process runs; undefined: never made. */
function headOf(id: string): ProductHead | undefined {
  const number = /^p(\d{4,7})$/.exec(id)?.[1]
  return productHead(id) ?? (number === undefined ? undefined : productHeadOf(Number(number)))
}

/** The picture of a product as SVG of 400 × 400; `view` counts from 0. The same for the same product, always. */
function svg(head: ProductHead, view: number): string {
  const r = random('picture', head.number, view)
  const backdrop: Shade = [random('backdrop', head.number).int(0, 359), 22, view % 2 === 0 ? 90 : 82]
  const zoom = [1, 0.86, 1.25, 1.7, 0.7, 0.62, 1.1, 0.8][view] ?? 1
  const turn = view === 0 ? 0 : r.int(-9, 9)
  const mirrored = view % 2 === 1 ? 'translate(400 0) scale(-1 1)' : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">
<defs><linearGradient id="b" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${hsl(backdrop, 5)}"/><stop offset="1" stop-color="${hsl(backdrop, -6)}"/></linearGradient>
<radialGradient id="s"><stop offset="0" stop-color="#000" stop-opacity=".28"/><stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient></defs>
<rect width="400" height="400" fill="url(#b)"/><rect y="312" width="400" height="88" fill="${hsl(backdrop, -10)}"/>
<g transform="translate(200 320) rotate(${turn}) scale(${zoom * 0.86}) translate(-200 -320) ${mirrored}">
<ellipse cx="200" cy="324" rx="170" ry="20" fill="url(#s)"/>${shapeFor(head.noun)(paletteOf(head))}</g></svg>`
}

/**
 * The SVG of a picture named by its path, `/p/p1001/1-3f9a2c1b`, where pictures count from 1.
 * `undefined` for any other path, also for a hash that is not of what the picture shows now.
 */
export function drawingAt(path: string): string | undefined {
  const [, id = '', number = '', hash] = /^\/p\/(p\d{4,7})\/([1-8])-([0-9a-f]{8})$/.exec(path) ?? []
  const view = Number(number) - 1
  const head = headOf(id)
  if (!head || view < 0 || view >= VIEWS || hash !== pictureHash(head, view)) return undefined
  return svg(head, view)
}
