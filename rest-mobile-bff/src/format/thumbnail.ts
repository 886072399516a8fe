import { z } from 'zod'

/** A picture for the app: a URL with its width as a parameter, which the app may change. */
export const Thumbnail = z.url().meta({
  id: 'Thumbnail',
  description:
    'A picture. `w` is its width in pixels, twice the CSS pixels at which it is shown; ask for another size by another `w`.',
})

/** A picture in the size shown by the app; `width` in CSS pixels, doubled for dense screens. */
export function thumbnail(url: string, width: number): string {
  const sized = new URL(url)
  sized.searchParams.set('w', String(width * 2))
  return sized.href
}
