import type { Audit } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'

export const AuditTrail = builder.objectRef<Audit>('AuditTrail').implement({
  description: 'Who wrote a row first and last.',
  fields: (t) => ({
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      access: 'staff',
      description: 'When it was written first.',
    }),
    createdBy: t.exposeString('createdBy', {
      access: 'staff',
      description: 'By whom: "staff:" and an id, or "system:" and a service.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      access: 'staff',
      description: 'When it was written last.',
    }),
    updatedBy: t.exposeString('updatedBy', { access: 'staff', description: 'By whom.' }),
    revision: t.expose('revision', {
      type: 'SafeInt',
      access: 'staff',
      description: 'How often it was written.',
    }),
  }),
})

/** The trail that a list of events leaves, oldest first; none without an event. */
export function trailOf(events: readonly { at: string; actor: string }[]): Audit | undefined {
  const first = events[0]
  const last = events.at(-1)
  return (
    first &&
    last && {
      createdAt: first.at,
      createdBy: first.actor,
      updatedAt: last.at,
      updatedBy: last.actor,
      revision: events.length,
    }
  )
}
