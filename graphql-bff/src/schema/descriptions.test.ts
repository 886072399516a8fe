import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from './index.ts'

test('every type and every field of the graph is described', () => {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
  const silent = types.flatMap((type) => [
    ...(type.description || ['Boolean', 'Float', 'ID', 'String'].includes(type.name) ? [] : [type.name]),
    ...(isObjectType(type)
      ? Object.values(type.getFields())
          .filter(({ description }) => !description)
          .map(({ name }) => `${type.name}.${name}`)
      : []),
  ])
  expect(silent).toEqual([])
})
