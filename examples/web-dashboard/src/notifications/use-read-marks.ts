import { Dashboard, MarkNotificationsRead, Notifications, UnreadNotifications } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { useOwn } from '../session/signed-in.tsx'
import { useWrite } from '../session/use-write.ts'
import { toasts } from '../ui/toasts.ts'

/** What shows whether something is unread. */
const SHOWN = [Notifications.name, UnreadNotifications.name, Dashboard.name]

/** Marks notifications as read: some, or all. */
export function useReadMarks() {
  const { cache } = useOwn()
  const { mutateAsync, isPending } = useWrite(MarkNotificationsRead)
  return {
    isBusy: isPending,
    async mark(ids?: readonly string[]): Promise<void> {
      try {
        await mutateAsync({ input: ids ? { ids: [...ids] } : {} })
      } catch (error) {
        toasts.add({ title: factsOf(error).title, priority: 'high' })
      }
      for (const name of SHOWN) void cache.invalidateQueries({ queryKey: [name] })
    },
  }
}
