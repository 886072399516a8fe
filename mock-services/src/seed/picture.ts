import { createHash } from 'node:crypto'
import type { ProductHead } from './products.ts'

/** Goes up when the drawings change, so that their addresses do. */
const EDITION = 1

/** Where the seed's pictures are; a running image service has another address (see `image-addresses.ts`). */
export const IMAGES_ORIGIN = 'https://images.harbor.example'

/** What a picture of a product is made of. */
type Pictured = Pick<ProductHead, 'id' | 'number' | 'noun' | 'colour'>

/** A hash of what a picture shows, eight hexadecimal digits: part of its address, which may be cached for ever. */
export const pictureHash = ({ number, noun, colour }: Pictured, view: number): string =>
  createHash('sha256')
    .update(JSON.stringify([EDITION, number, view, noun, colour]))
    .digest('hex')
    .slice(0, 8)

/**
 * The address of a product's picture; `view` 0 is the main one. Takes `?w=` for a width in pixels.
 * Short, since the offline copy of the catalogue holds thousands of them.
 */
export const imageUrl = (product: Pictured, view = 0): string =>
  `${IMAGES_ORIGIN}/p/${product.id}/${view + 1}-${pictureHash(product, view)}`
