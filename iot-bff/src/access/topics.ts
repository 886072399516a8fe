import type { Device } from '../devices/record.ts'
import type { Credential, Devices } from '../devices/registry.ts'
import { MESSAGES } from '../messages/index.ts'

/** The topics of the device contract; what no rule names is refused, to every device. */
export const TOPICS = MESSAGES.flatMap(({ kind, topics }) =>
  topics.map((rule) => ({ ...rule, message: kind })),
)

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
