import { declared } from '@harbor/shared-edge/rest/declared-form'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { inexpressible } from './expressible.ts'

const word = z.string().max(9)

it.each<[string, z.ZodType, string]>([
  [
    'a flag',
    z
      .string()
      .max(9)
      .regex(/^[a-z]+$/i),
    'the pattern /^[a-z]+$/i has flags',
  ],
  ['a transform', word.transform(Number), 'a pipe'],
  ['a preprocess', z.preprocess(Number, z.int().min(0).max(9)), 'a transform'],
  ['a coercion', z.coerce.number().min(0).max(9), 'coerced'],
  ['a refinement', word.refine((text) => text !== 'no'), 'a refinement'],
  ['a check of its own', word.check(({ value, issues }) => void (value || issues)), 'a refinement'],
  ['a change', word.trim(), 'a change of the value'],
  ['a kind without a rule', z.date(), 'a date'],
  ['any', z.any(), 'an any'],
  ['no bound of a text', z.string(), 'a text without a longest length'],
  ['an open pattern', z.string().regex(/^a+$/), 'a text without a longest length'],
  ['no bound of a number', z.int(), 'a number without a least and a most'],
  ['half a bound', z.int().min(1), 'a number without a least and a most'],
  ['no bound of a list', z.array(word), 'a list without a longest length'],
])('an input with %s is refused, wherever it stands', (_, schema, fault) => {
  const words = fault.replace(/^an any$/, 'a any')
  for (const around of [
    schema,
    schema.optional(),
    z.object({ it: schema }),
    z.union([word, z.array(schema).max(3)]),
  ])
    expect(inexpressible('GET /x', around, 'input').join()).toContain(words)
})

it('what has bounds, or a declared form, is not', () => {
  const form = { type: 'string', maxLength: 9 } as const
  for (const schema of [
    word,
    z.string().regex(/^a{1,9}$/),
    z.int().min(1).max(9).default(3),
    z.array(word).max(3),
    declared(word.transform(Number), form).optional(),
    z.strictObject({ at: z.enum(['a', 'b']), is: z.boolean().nullable() }),
  ])
    expect(inexpressible('GET /x', schema, 'input')).toEqual([])
  // What leaves has the bounds of what it is made of.
  expect(inexpressible('GET /x', z.object({ name: z.string(), items: z.array(z.int()) }), 'answer')).toEqual(
    [],
  )
  expect(inexpressible('GET /x', z.string().transform(Number), 'answer')).not.toEqual([])
})
