import { Switch } from '@base-ui/react/switch'
import {
  NotificationPreferences,
  type PreferencesFragment,
  SetNotificationPreferences,
} from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { useOwn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { useWrite } from '../session/use-write.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toasts } from '../ui/toasts.ts'

const CHANNELS = [
  ['email', 'By mail'],
  ['push', 'On the phone'],
  ['sms', 'By text message'],
] as const
const TOPICS = [
  ['orders', 'The progress of orders'],
  ['offers', 'Lower prices'],
  ['stock', 'Products that are back in stock'],
] as const

/** Which notifications the customer wants; a choice is stored at once. */
export const Preferences = () => (
  <section className="panel preferences">
    <h2>What you hear from us</h2>
    <Own />
  </section>
)

function Own() {
  const { cache } = useOwn()
  const query = usePrivate(NotificationPreferences, {})
  const { mutateAsync } = useWrite(SetNotificationPreferences)
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={6} />
  if (query.isError) return <Degraded what="Your choice" why={factsOf(query.error)} onRetry={retry} />
  const preferences = query.data.data.viewer.notificationPreferences
  if (!preferences) return <Degraded what="Your choice" why={query.data.missing[0]} onRetry={retry} />

  const show = (notificationPreferences: PreferencesFragment) =>
    cache.setQueryData([NotificationPreferences.name, {}], {
      data: { viewer: { notificationPreferences } },
      missing: [],
    })
  async function choose(input: PreferencesFragment): Promise<void> {
    show(input)
    try {
      await mutateAsync({ input })
    } catch (error) {
      toasts.add({ title: 'Your choice was not stored', description: factsOf(error).title, priority: 'high' })
      retry()
    }
  }
  const { channels, topics } = preferences
  return (
    <div className="choices">
      {CHANNELS.map(([name, label]) => (
        <Choice
          key={name}
          label={label}
          chosen={channels[name]}
          onChoose={(chosen) => void choose({ topics, channels: { ...channels, [name]: chosen } })}
        />
      ))}
      {TOPICS.map(([name, label]) => (
        <Choice
          key={name}
          label={label}
          chosen={topics[name]}
          onChoose={(chosen) => void choose({ channels, topics: { ...topics, [name]: chosen } })}
        />
      ))}
    </div>
  )
}

type ChoiceProps = { label: string; chosen: boolean; onChoose: (chosen: boolean) => void }

const Choice = ({ label, chosen, onChoose }: ChoiceProps) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: Switch.Root has its input inside
  <label className="choice">
    {label}
    <Switch.Root className="switch" checked={chosen} onCheckedChange={onChoose}>
      <Switch.Thumb className="switch-thumb" />
    </Switch.Root>
  </label>
)
