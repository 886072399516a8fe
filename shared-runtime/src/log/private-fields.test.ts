import { expect, test } from 'vitest'
import { isPrivateField, PRIVATE_FIELDS } from './private-fields.ts'

const NAMES = Object.values(PRIVATE_FIELDS).flat()
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

test.each(NAMES)('%s is private in every spelling, and at the end of a longer name', (name) => {
  for (const spelling of [name, name.toUpperCase(), kebab(name), kebab(name).replaceAll('-', '_')])
    expect([spelling, isPrivateField(spelling)]).toEqual([spelling, true])
  const capital = `${name[0]?.toUpperCase()}${name.slice(1)}`
  for (const longer of [`their${capital}`, `x-${kebab(name)}`, `old_${kebab(name)}`, `X-${capital}`])
    expect([longer, isPrivateField(longer)]).toEqual([longer, true])
})

test.each([
  ...['monkey', 'keys', 'tokens', 'emailSent', 'keyboard', 'spin', 'hotpin', 'tokenize', 'passwordless'],
  ...['code', 'name', 'route', 'status', 'traceId', 'msg', 'upstream', 'address', 'addresses', 'level', ''],
])('%j is not private', (name) => {
  expect(isPrivateField(name)).toBe(false)
})

test('an unlimited number of names chosen by consumers takes bounded memory and time', () => {
  const start = performance.now()
  for (let i = 0; i < 20_000; i++) isPrivateField(`${'x'.repeat(50)}${i}`)
  expect(isPrivateField(`${'a-'.repeat(50_000)}token`)).toBe(true)
  expect(performance.now() - start).toBeLessThan(3_000)
})
