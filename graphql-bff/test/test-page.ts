import type { Page, PageFile } from '../src/page/files.ts'

const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text))

const file = (type: string, text: string, br?: string): PageFile => ({
  type,
  body: bytes(text),
  br: br === undefined ? undefined : bytes(br),
  etag: `of-${text.length}`,
})

/** A dashboard as a build leaves it, small. */
export const testPage: Page = {
  document: file('text/html; charset=utf-8', '<!doctype html><title>shop</title>'),
  assets: new Map([
    ['/assets/index-Ab_d-234.js', file('text/javascript; charset=utf-8', 'console.log(1)', 'as brotli')],
    ['/favicon.svg', file('image/svg+xml', '<svg/>')],
  ]),
  addresses: ['/', '/products/:id'],
}
