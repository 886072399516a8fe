import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, it } from 'vitest'

it('the client is one small module for a browser, with nothing of Node or of the BFF in it', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL('client.ts', import.meta.url)), formats: ['es'] },
    },
  })
  const [result] = [built].flat()
  if (!result || !('output' in result)) throw new Error('nothing was built')
  const chunks = result.output.filter((output) => output.type === 'chunk')
  expect(chunks.flatMap(({ imports, moduleIds }) => [...imports, ...moduleIds]).join('\n')).not.toMatch(
    /node:|rest-mobile-bff|shared-|zod/,
  )
  expect(chunks.reduce((bytes, { code }) => bytes + code.length, 0)).toBeLessThan(14_000)
})
