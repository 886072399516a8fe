import { describe, expect, it, test } from 'vitest'
import { type Options, runMutation } from '../../../test/run-mutation.ts'

test('setNotificationPreferences answers with the preferences as they are stored', async () => {
  const { result, calls } = await runMutation(
    'setNotificationPreferences(input: { channels: { email: true, push: false, sms: false }, topics: { orders: true, offers: false, stock: true } })',
    {
      selection:
        '... on SetNotificationPreferencesPayload { preferences { channels { email push } topics { offers stock } } }',
    },
  )
  expect(result).toMatchObject({
    preferences: { channels: { email: true, push: false }, topics: { offers: false, stock: true } },
  })
  expect(calls).toEqual({ 'customers.setPreferences': 1 })
})

describe('markNotificationsRead', () => {
  const selection = '... on MarkNotificationsReadPayload { unreadCount }'

  it('marks some, or all, and says how many are left', async () => {
    const marked: unknown[] = []
    const markRead = async (...args: unknown[]) => {
      marked.push(args.slice(0, 2))
      return 3
    }
    const options: Options = { answering: { notifications: { markRead } } }
    for (const input of ['{ ids: ["n1", "n2"] }', '{}']) {
      const { result } = await runMutation(`markNotificationsRead(input: ${input})`, {
        selection,
        ...options,
      })
      expect(result).toMatchObject({ unreadCount: 3 })
    }
    expect(marked).toEqual([
      ['c1001', ['n1', 'n2']],
      ['c1001', undefined],
    ])
  })

  it('refuses more ids than the service takes', async () => {
    const ids = JSON.stringify(Array.from({ length: 101 }, (_, n) => `n${n}`))
    const { status, calls } = await runMutation(`markNotificationsRead(input: { ids: ${ids} })`, {
      selection,
    })
    expect([status, calls]).toEqual([400, {}])
  })
})
