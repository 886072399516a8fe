/** The colours of one drawing, as CSS colours. */
export type Palette = {
  /** The product's own colour. */
  main: string
  /** Its shaded side. */
  dark: string
  /** Its lit side. */
  light: string
  /** The part that is of another material: a handle, a lid, a stem. */
  accent: string
}

/** Draws a product into a square of 400 × 400, standing on y = 320; the result is SVG without its root element. */
type Shape = (palette: Palette) => string

const rect = (x: number, y: number, width: number, height: number, fill: string, radius = 8) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`
const path = (d: string, fill: string) => `<path d="${d}" fill="${fill}"/>`
const line = (d: string, stroke: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
const disc = (x: number, y: number, rx: number, ry: number, fill: string) =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`

const SHAPES = {
  pan: ({ main, dark, light, accent }) =>
    line('M270 262 L372 214', accent, 20) +
    path('M52 240 H288 L268 306 Q264 320 250 320 H90 Q76 320 72 306 Z', main) +
    path('M200 240 H288 L268 306 Q264 320 250 320 H190 Z', dark) +
    disc(170, 240, 118, 18, light),
  pot: ({ main, dark, light, accent }) =>
    line('M84 230 H52 M316 230 H348', accent, 18) +
    rect(84, 180, 232, 140, main, 22) +
    path('M226 180 H294 Q316 180 316 202 V298 Q316 320 294 320 H226 Z', dark) +
    path('M84 182 Q200 110 316 182 Z', light) +
    disc(200, 138, 18, 14, accent),
  knife: ({ main, dark, accent, light }) =>
    path('M60 300 Q170 190 262 128 L284 158 Q200 250 60 300 Z', light) +
    path('M60 300 Q180 230 272 142 L284 158 Q200 250 60 300 Z', main) +
    line('M276 138 L344 78', accent, 30) +
    disc(320, 99, 4, 4, dark),
  board: ({ main, dark, light, accent }) =>
    rect(90, 110, 220, 210, main, 20) +
    rect(90, 300, 220, 20, dark, 10) +
    line('M120 160 H280 M120 205 H280 M120 250 H280', light, 5) +
    disc(200, 132, 12, 12, accent),
  plate: ({ main, dark, light }) =>
    disc(200, 300, 150, 22, dark) +
    disc(200, 250, 150, 62, main) +
    disc(200, 246, 104, 40, light) +
    disc(200, 250, 92, 33, main),
  bowl: ({ main, dark, light, accent }) =>
    path('M64 190 Q72 320 200 320 Q328 320 336 190 Z', main) +
    path('M240 190 H336 Q328 320 200 320 Q262 286 264 190 Z', dark) +
    disc(200, 190, 136, 30, light) +
    disc(200, 194, 112, 20, accent),
  cup: ({ main, dark, light, accent }) =>
    line('M270 200 Q340 200 330 250 Q322 286 262 280', dark, 20) +
    path('M104 160 H284 L270 300 Q268 320 248 320 H140 Q120 320 118 300 Z', main) +
    path('M216 160 H284 L270 300 Q268 320 248 320 H206 Z', dark) +
    disc(194, 160, 90, 20, light) +
    disc(194, 162, 74, 14, accent),
  glass: ({ main, light, dark }) =>
    path(
      'M130 110 H270 L258 232 Q252 262 210 268 V304 H248 V320 H152 V304 H190 V268 Q148 262 142 232 Z',
      light,
    ) +
    path('M138 176 H262 L256 230 Q250 252 200 254 Q150 252 144 230 Z', main) +
    disc(200, 110, 70, 12, dark),
  bottle: ({ main, dark, light, accent }) =>
    rect(178, 64, 44, 34, accent, 8) +
    path(
      'M180 96 H220 V140 Q262 156 262 196 V300 Q262 320 242 320 H158 Q138 320 138 300 V196 Q138 156 180 140 Z',
      main,
    ) +
    path('M206 96 H220 V140 Q262 156 262 196 V300 Q262 320 242 320 H214 Z', dark) +
    rect(138, 206, 124, 70, light, 4),
  jar: ({ main, dark, light, accent }) =>
    rect(118, 120, 164, 200, main, 26) +
    path('M220 120 H256 Q282 120 282 146 V294 Q282 320 256 320 H220 Z', dark) +
    rect(108, 92, 184, 42, accent, 10) +
    rect(142, 190, 116, 66, light, 8),
  kettle: ({ main, dark, light, accent }) =>
    line('M270 150 Q352 140 330 262', accent, 20) +
    path('M104 210 L52 160 L40 176 L104 262 Z', dark) +
    path('M126 150 H274 L300 300 Q302 320 282 320 H118 Q98 320 100 300 Z', main) +
    path('M222 150 H274 L300 300 Q302 320 282 320 H222 Z', dark) +
    disc(200, 150, 74, 16, light) +
    disc(200, 132, 16, 12, accent),
  appliance: ({ main, dark, light, accent }) =>
    rect(96, 110, 208, 210, main, 30) +
    path('M230 110 H274 Q304 110 304 140 V290 Q304 320 274 320 H230 Z', dark) +
    rect(120, 140, 96, 90, light, 12) +
    disc(252, 170, 20, 20, accent) +
    disc(252, 232, 12, 12, light) +
    rect(110, 312, 180, 14, accent, 7),
  textile: ({ main, dark, light, accent }) =>
    rect(70, 262, 260, 58, dark, 26) +
    rect(78, 206, 244, 60, main, 26) +
    rect(86, 152, 228, 58, light, 26) +
    line('M110 236 H290 M112 292 H288', accent, 5),
  rug: ({ main, dark, light, accent }) =>
    path('M80 190 H320 L370 320 H30 Z', main) +
    path('M104 208 H296 L334 306 H66 Z', light) +
    path('M132 226 H268 L296 290 H104 Z', accent) +
    line('M30 320 H370', dark, 10),
  pendant: ({ main, dark, light, accent }) =>
    line('M200 20 V130', accent, 6) +
    path('M180 126 H220 L310 260 H90 Z', main) +
    path('M204 126 H220 L310 260 H214 Z', dark) +
    disc(200, 260, 110, 20, light),
  lamp: ({ main, dark, light, accent }) =>
    line('M200 170 V300', accent, 12) +
    disc(200, 308, 70, 14, accent) +
    path('M150 80 H250 L292 190 H108 Z', main) +
    path('M206 80 H250 L292 190 H214 Z', dark) +
    disc(200, 190, 92, 14, light),
  chair: ({ main, dark, light, accent }) =>
    line('M120 240 L104 320 M280 240 L296 320 M150 240 V310 M250 240 V310', accent, 14) +
    rect(110, 80, 180, 130, main, 34) +
    rect(214, 80, 76, 130, dark, 34) +
    rect(96, 200, 208, 50, light, 24),
  table: ({ main, dark, light, accent }) =>
    line('M110 190 L92 320 M290 190 L308 320 M160 190 L154 300 M240 190 L246 300', accent, 14) +
    rect(60, 164, 280, 30, main, 10) +
    rect(60, 184, 280, 12, dark, 6) +
    disc(200, 164, 138, 16, light),
  shelf: ({ main, dark, light, accent }) =>
    rect(96, 70, 208, 250, dark, 8) +
    rect(112, 86, 176, 60, light, 4) +
    rect(112, 162, 176, 60, light, 4) +
    rect(112, 238, 176, 66, light, 4) +
    rect(124, 100, 22, 46, main, 2) +
    rect(150, 92, 18, 54, accent, 2) +
    rect(226, 180, 40, 42, main, 6) +
    rect(130, 262, 80, 42, accent, 6),
  planter: ({ main, dark, accent, light }) =>
    line('M200 220 Q190 120 120 84 M200 220 Q206 110 262 70 M200 220 Q230 150 310 146', accent, 9) +
    disc(118, 84, 34, 18, accent) +
    disc(262, 72, 34, 20, accent) +
    disc(308, 146, 30, 18, accent) +
    path('M110 210 H290 L264 304 Q260 320 244 320 H156 Q140 320 136 304 Z', main) +
    path('M216 210 H290 L264 304 Q260 320 244 320 H208 Z', dark) +
    rect(102, 196, 196, 32, light, 8),
  tool: ({ main, dark, light, accent }) =>
    line('M112 312 L246 178', accent, 24) +
    path('M236 150 Q252 84 322 76 Q330 146 276 190 Z', main) +
    path('M262 166 Q300 130 322 76 Q330 146 276 190 Z', dark) +
    disc(128, 296, 9, 9, light),
  candle: ({ main, dark, light, accent }) =>
    path('M200 84 Q224 118 200 138 Q176 118 200 84 Z', accent) +
    line('M200 134 V160', dark, 6) +
    rect(136, 156, 128, 164, main, 14) +
    path('M214 156 H250 Q264 156 264 170 V306 Q264 320 250 320 H214 Z', dark) +
    disc(200, 160, 64, 14, light),
  brush: ({ main, dark, light, accent }) =>
    line('M200 60 V226', accent, 24) +
    rect(124, 214, 152, 38, main, 14) +
    path('M132 252 H268 L282 320 H118 Z', light) +
    line('M150 258 L142 316 M184 258 L180 316 M218 258 L222 316 M250 258 L260 316', dark, 5),
  bag: ({ main, dark, light, accent }) =>
    path('M116 130 H284 L300 300 Q302 320 282 320 H118 Q98 320 100 300 Z', main) +
    path('M220 130 H284 L300 300 Q302 320 282 320 H220 Z', dark) +
    path('M124 92 H276 L284 134 H116 Z', accent) +
    rect(138, 186, 124, 84, light, 10),
} satisfies Record<string, Shape>

type ShapeName = keyof typeof SHAPES

/** What a product is drawn as: the first row with a word of its name decides. */
const BY_NOUN: readonly (readonly [words: string, shape: ShapeName])[] = [
  ['Pot 18|Planter|Balcony|Watering Pot|Plant Stand|Vase|Raised Bed|Bulb', 'planter'],
  ['Oil|Bottle|Diffuser|Spray|Carafe|Dispenser', 'bottle'],
  ['Pan|Wok|Tin|Springform|Tray|Pie|Dish|Steel', 'pan'],
  ['Casserole|Saucepan|Stock|Slow', 'pot'],
  ['Knife|Santoku|Shears|Blender|Frother', 'knife'],
  ['Board|Pin|Mat|Organiser|Monitor|Wrap', 'board'],
  ['Plate|Platter|Saucer', 'plate'],
  ['Bowl|Basket', 'bowl'],
  ['Cup|Mug|Holder|Dripper|Bucket', 'cup'],
  ['Glass|Tumbler|Coupe|Highball', 'glass'],
  ['Kettle|Teapot|Moka|French|Can', 'kettle'],
  ['Jar|Container|Box|Bin|Honey|Chutney|Lunch|Salt', 'jar'],
  ['Mixer|Toaster|Processor|Scale|Sealer|Grinder', 'appliance'],
  ['Rug|Runner', 'rug'],
  ['Pendant|String', 'pendant'],
  ['Lamp|Sconce|Light|Lantern', 'lamp'],
  ['Armchair|Chair|Bench|Pouf|Hammock|Kneeler', 'chair'],
  ['Table|Desk|Console|Parasol', 'table'],
  ['Shelf|Bookshelf|Rack|Ladder|Stand', 'shelf'],
  ['Secateurs|Trowel|Spade|Rake|Saw|Stone|Pin', 'tool'],
  ['Candle|Incense|Wax', 'candle'],
  ['Brush|Broom|Dustpan|Wiper', 'brush'],
  ['Tea|Beans|Chocolate|Flour|Soap', 'bag'],
]

/** The shape of a product by its noun; what has none of its own is drawn as something folded. */
export const shapeFor = (noun: string): Shape => {
  const found = BY_NOUN.find(([words]) => words.split('|').some((word) => noun.includes(word)))
  return SHAPES[found?.[1] ?? 'textile']
}
