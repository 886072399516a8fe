import { brotliCompressSync, constants } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { PATHS } from './src/app/paths.ts'

/** Tells the server which addresses belong to the page: it answers each with the document. */
const addresses: Plugin = {
  name: 'addresses',
  generateBundle() {
    const source = JSON.stringify(Object.values(PATHS).map((path) => path.replaceAll('$', ':')))
    this.emitFile({ type: 'asset', fileName: 'addresses.json', source })
  },
}

const SERVED = /\.(?:html|js|css|svg)$/

/** Compressed once, here, as small as Brotli can: the server only picks. */
const brotli: Plugin = {
  name: 'brotli',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (!SERVED.test(file.fileName)) continue
        const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        const source = brotliCompressSync(content, { params })
        if (source.length < content.length)
          this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source })
      }
    },
  },
}

export default defineConfig({
  plugins: [react(), addresses, brotli],
  build: {
    target: 'baseline-widely-available',
    // Nothing inline: the policy of the page forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
