import { brotliCompressSync } from 'node:zlib'
import type { Page, PageFile } from '../src/page/files.ts'

const file = (type: string, text: string): PageFile => ({ type, read: () => text })

const SCRIPT = 'console.log(1)\n'.repeat(50)

/** A dashboard as a build leaves it, small. */
export const testPage: Page = {
  document: file('text/html; charset=utf-8', '<!doctype html><title>shop</title>'),
  assets: new Map([
    [
      '/assets/index-Ab_d-234.js',
      { ...file('text/javascript; charset=utf-8', SCRIPT), compressed: { br: brotliCompressSync(SCRIPT) } },
    ],
    ['/favicon.svg', file('image/svg+xml', '<svg/>')],
  ]),
  addresses: ['/', '/products/:id'],
}
