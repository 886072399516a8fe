import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('notifications', () => {
  it('are the newest and the preferences, from one call to each upstream', async () => {
    const { status, json, text } = await mobile.get('/v1/notifications?limit=25')
    expect(status).toBe(200)
    expect(json.items).toHaveLength(25)
    expect(json.unread).toBe(json.items.filter(({ read }: { read: boolean }) => !read).length)
    expect(json.preferences.channels).toEqual({
      email: expect.any(Boolean),
      push: expect.any(Boolean),
      sms: expect.any(Boolean),
    })
    expect(text).not.toMatch(/ORDER_|BACK_IN_STOCK|REVIEW_REQUEST|LOYALTY|tpl-|CRM-|harbor:\/\//)
    expect(mobile.calls()).toEqual({ notifications: 1, customers: 1 })
  })

  it('count all unread ones, not only those on the page', async () => {
    const all = await mobile.get('/v1/notifications?limit=25')
    const { json } = await mobile.get('/v1/notifications?limit=1')
    expect(json.items).toHaveLength(1)
    expect(json.unread).toBe(all.json.unread)
  })

  it('without the customer service have no preferences', async () => {
    mobile.mocks.setFault('customers', { hang: true })
    const { status, json } = await mobile.get('/v1/notifications')
    expect([status, json.preferences, json.degraded]).toEqual([200, null, ['customers']])
  })

  it('without the notifications service are a problem', async () => {
    mobile.mocks.setFault('notifications', { malformed: true })
    const { status, json } = await mobile.get('/v1/notifications')
    expect([status, json.code]).toEqual([502, 'UPSTREAM_INVALID'])
  })
})
