import { createLog } from '@harbor/shared-runtime/log'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { expect, test, vi } from 'vitest'
import { logDeviceMessages } from './device-lines.ts'
import { Subscriptions } from './subscriptions.ts'

test('messages of devices are counted in one line a minute, and none is logged without any', () => {
  vi.useFakeTimers()
  const subscriptions = new Subscriptions(createLog('test', 'silent'))
  const info = vi.fn()
  const end = logDeviceMessages(subscriptions.listen, { info }, 60_000)
  for (let i = 0; i < 3; i++) deviceEvents.message.publish({ protocol: 'coap', message: 'flag', status: 205 })
  deviceEvents.message.publish({ protocol: 'http', message: 'none', status: 401 })
  vi.advanceTimersByTime(180_000)
  expect(info.mock.calls.map(([fields]) => fields.messages)).toEqual([
    { 'coap flag 205': 3, 'http none 401': 1 },
  ])
  deviceEvents.message.publish({ protocol: 'mqtt', message: 'telemetry', status: 204 })
  end()
  expect(info).toHaveBeenLastCalledWith(
    { messages: { 'mqtt telemetry 204': 1 }, seconds: 60 },
    'messages of devices',
  )
  subscriptions.end()
  vi.useRealTimers()
})
