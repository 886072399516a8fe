import { expect, it } from 'vitest'
import { preconditionHeaders } from './precondition.ts'

it('a precondition goes upstream as headers of RFC 9110, a date only where no version is named', () => {
  expect(preconditionHeaders()).toEqual([])
  expect(preconditionHeaders({ versions: [7, 8], unmodifiedSince: 'date' })).toEqual([
    ['if-match', '"7", "8"'],
  ])
  expect(preconditionHeaders({ unmodifiedSince: 'date', otherThan: [9] })).toEqual([
    ['if-unmodified-since', 'date'],
    ['if-none-match', '"9"'],
  ])
  // No version at all is one that the thing never has.
  expect(preconditionHeaders({ versions: [] })).toEqual([['if-match', '']])
})
