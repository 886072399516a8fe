import { expect, it } from 'vitest'
import { announcedUrls } from './announced-urls.ts'

it('knows a URL by the tags of its newest answer', () => {
  const urls = announcedUrls(() => {})
  urls.add('/a', ['x', 'y'])
  urls.add('/a', ['y', 'z'])
  urls.add('/b', ['z'])
  expect(urls.of(['x'])).toEqual([])
  expect(urls.of(['z', 'y'])).toEqual(['/a', '/b'])
  expect(urls.of(['z', 'y'])).toEqual([])
})

it('purges evicted URLs from the CDN', () => {
  const forgotten: string[] = []
  const urls = announcedUrls((url) => forgotten.push(url))
  for (let i = 0; i <= 50_000; i++) urls.add(`/${i}`, ['x'])
  expect(forgotten).toEqual(['/0'])
  expect(urls.of(['x'])).toHaveLength(50_000)
})
