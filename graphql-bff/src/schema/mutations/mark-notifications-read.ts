import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../../builder.ts'
import { mutation } from '../../writes/mutation.ts'
import { assertId } from '../limits.ts'

/** As many as the notifications service takes in one call. */
const MAX_IDS = 100

mutation({
  name: 'markNotificationsRead',
  access: 'customer',
  description: 'Marks notifications as read. One that is read stays read since its first time.',
  budgetMs: 1_000,
  asks: ['notifications.markRead'],
  input: builder.inputType('MarkNotificationsReadInput', {
    description: 'Which notifications were read.',
    fields: (t) => ({ ids: t.idList({ description: 'At most 100; without it, all of them.' }) }),
  }),
  payload: builder.objectRef<{ unreadCount: number }>('MarkNotificationsReadPayload').implement({
    description: 'They are marked.',
    fields: (t) => ({
      unreadCount: t.expose('unreadCount', {
        type: 'SafeInt',
        access: 'customer',
        description: 'How many are still unread in all.',
      }),
    }),
  }),
  errors: [],

  async run({ ids }, { upstreams: { notifications }, viewer, key }) {
    if (ids && ids.length > MAX_IDS)
      throw new ProblemError('INVALID_REQUEST', `"ids" must hold at most ${MAX_IDS} ids.`)
    ids?.forEach(assertId)
    return { unreadCount: await notifications.markRead(viewer.id, ids ?? undefined, key) }
  },
})
