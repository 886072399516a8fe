import type { Device } from './devices/record.ts'
import type { Credential, Devices } from './devices/registry.ts'

/** Of what a device's own makes a topic its own; what no rule names is refused, to every device. */
export const TOPICS = [
  { action: 'subscribe', topic: 's/{store}/', below: true, message: 'stock-flag' },
  { action: 'publish', topic: 't/{device}', below: false, message: 'telemetry' },
] as const satisfies readonly TopicRule[]

type TopicRule = {
  readonly action: TopicAction
  readonly topic: string
  /** Whether it stands for all topics, and filters, that go on after it. */
  readonly below: boolean
  /** What is carried: a file of `messages/`, once there is one. */
  readonly message: string
}

export type TopicAction = 'subscribe' | 'publish'

/**
 * Whether a device may use a topic or topic filter. Wildcards and shared subscriptions need no rule of their own:
 * nothing that starts with one starts with a device's own, and no identifier holds one.
 */
export function mayUse({ id, store }: Device, action: TopicAction, topic: string): boolean {
  return TOPICS.some((rule) => {
    if (rule.action !== action) return false
    const own = rule.topic.replace('{store}', store).replace('{device}', id)
    return rule.below ? topic.startsWith(own) : topic === own
  })
}

/** Who logs in at a broker: the device's id and one of its keys. */
export function logIn(
  devices: Devices,
  username: string | undefined,
  password: string | undefined,
): Credential | undefined {
  const credential = password === undefined ? undefined : devices.byKey(password)
  return credential?.device.id === username ? credential : undefined
}
