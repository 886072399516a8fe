import { AdjustStock, type AdjustStockMutationVariables, StockItemsTable } from '../../gen/operations.ts'
import { factsOf } from '../../graph/problem.ts'
import { useOwn } from '../../session/signed-in.tsx'
import { useWrite } from '../../session/use-write.ts'
import { offer, toasts } from '../../ui/toasts.ts'
import { words } from '../../ui/words.ts'

export type Level = Omit<AdjustStockMutationVariables['input'], 'idempotencyKey'>

/** Sets a level of stock, says so, and offers the way back; the table is asked for again. */
export function useAdjustStock() {
  const { cache } = useOwn()
  const { mutateAsync, isPending } = useWrite(AdjustStock)

  async function set(level: Level): Promise<boolean> {
    const refused = await mutateAsync({ input: { ...level, idempotencyKey: crypto.randomUUID() } }).then(
      ({ adjustStock }) => ('message' in adjustStock ? adjustStock.message : undefined),
      (error: unknown) => factsOf(error).title,
    )
    await cache.invalidateQueries({ queryKey: [StockItemsTable.name] })
    if (refused !== undefined)
      toasts.add({ title: `The stock of ${placeOf(level)} is as it was`, description: refused })
    return refused === undefined
  }

  return {
    isBusy: isPending,
    async adjust(level: Level, before: number): Promise<void> {
      if (level.available === before || !(await set(level))) return
      offer({
        title: `Stock of ${placeOf(level)}`,
        description: `${before.toLocaleString()} → ${level.available.toLocaleString()}`,
        action: 'Undo',
        onAction: () => void set({ ...level, available: before }),
      })
    },
  }
}

export const placeOf = ({ sku, warehouse }: Pick<Level, 'sku' | 'warehouse'>): string =>
  `${sku} in ${words(warehouse)}`
