import type { OrderRow } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'

type Entry = OrderRow['audit'][number]

export const AuditEntry = builder.objectRef<Entry>('AuditEntry').implement({
  description: 'Something that happened to a row.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', access: 'staff', description: 'When.' }),
    actor: t.exposeString('actor', { access: 'staff', description: 'By whom.' }),
    action: t.exposeString('action', { access: 'staff', description: 'What, as the service calls it.' }),
    note: t.exposeString('note', { access: 'staff', description: 'More of it, in words.' }),
  }),
})
