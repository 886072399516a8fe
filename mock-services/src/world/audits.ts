import { DAY, NOW, recordAudit } from '../seed/reference.ts'

type Change = { updatedAt: string; updatedBy: string; times: number }

/** Who wrote rows first and last: as the seed has it, until a row is changed. */
export function createAudits(source: string) {
  const changes = new Map<string, Change>()
  return {
    /** In the fields of the protos. `number` is that of the row's product. */
    of(key: string, number: number) {
      const { createdAt, createdBy, ...seeded } = recordAudit(
        number,
        NOW - (30 + (number % 300)) * DAY,
        source,
      )
      const { updatedAt, updatedBy, times } = changes.get(key) ?? { ...seeded, times: 0 }
      return {
        created_at: createdAt,
        created_by: createdBy,
        updated_at: updatedAt,
        updated_by: updatedBy,
        revision: seeded.revision + times,
      }
    },
    changed(key: string, by: string): void {
      const times = (changes.get(key)?.times ?? 0) + 1
      changes.set(key, { updatedAt: new Date().toISOString(), updatedBy: by, times })
    },
  }
}
