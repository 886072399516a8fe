import { z } from 'zod'

/** A picture as the app gets it: an address that names its width, which the app may change. */
export const Thumbnail = z.url().meta({
  id: 'Thumbnail',
  description:
    'A picture. `w` is its width in pixels, twice the CSS pixels at which it is shown; ask for another size by another `w`.',
})

/** A picture no wider than the app shows it; `width` in CSS pixels, sent at twice that for dense screens. */
export function thumbnail(url: string, width: number): string {
  const sized = new URL(url)
  sized.searchParams.set('w', String(width * 2))
  return sized.href
}
