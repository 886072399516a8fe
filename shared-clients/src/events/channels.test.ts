import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test, vi } from 'vitest'
import { tell } from './channels.ts'

test('a message is made only when somebody listens', () => {
  const message = vi.fn(() => ({ feed: 'sse' }))
  const heard: unknown[] = []
  const listen = (told: unknown) => void heard.push(told)
  tell('gap', message)
  expect(message).not.toHaveBeenCalled()
  subscribe('harbor.events.gap', listen)
  tell('gap', message)
  unsubscribe('harbor.events.gap', listen)
  tell('gap', message)
  expect([message.mock.calls.length, heard]).toEqual([1, [{ feed: 'sse' }]])
})
