import { getOperationAST, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { PersistedOperation } from '../../src/persisted/operations.ts'
import { schema } from '../../src/schema/index.ts'
import { OPERATIONS } from '../operations.ts'
import { type Web, wholeAnswer } from './web.ts'

/** Whether it selects a field that only staff may see. */
export function isForStaff({ document }: PersistedOperation): boolean {
  const types = new TypeInfo(schema)
  let found = false
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const access = types.getFieldDef()?.extensions.access
        if (access !== 'public' && access !== 'customer' && access !== undefined) found = true
      },
    }),
  )
  return found
}

/** Values for the variables that an operation requires, of things that there are. */
export async function sampleVariables(
  { name, document }: PersistedOperation,
  { ask, demo }: Pick<Web, 'ask' | 'demo'>,
) {
  const samples = new Map<string, () => unknown>([
    ['id', () => (name === 'StaffCustomer' ? demo.customer.id : demo.productId)],
    ['ids', () => Array.from({ length: 5 }, (_, n) => `p${1_001 + n}`)],
    ['words', () => 'pan'],
    ['number', () => orderNumber(ask)],
    ['first', () => 5],
    ['finance', () => true],
    ['risk', () => true],
  ])
  const variables: Record<string, unknown> = {}
  for (const { variable, type, defaultValue } of getOperationAST(document)?.variableDefinitions ?? []) {
    if (type.kind !== 'NonNullType' || defaultValue) continue
    const sample = samples.get(variable.name.value)
    if (!sample)
      throw new TypeError(`degradation/samples.ts has no value for $${variable.name.value} of ${name}`)
    variables[variable.name.value] = await sample()
  }
  return variables
}

async function orderNumber(ask: Web['ask']): Promise<string> {
  const orders = OPERATIONS.byHash.get(OPERATIONS.newest.Orders ?? '')
  if (!orders) throw new TypeError('no operation lists orders')
  const { json } = await wholeAnswer(() => ask(orders, { first: 1 }, 'customer'))
  const [, number] = /"number":"(.*?)"/.exec(JSON.stringify(json.data)) ?? []
  if (!number) throw new TypeError('the customer of the demo has no order')
  return number
}
