import { Toast } from '@base-ui/react/toast'

/** Short messages about what was just done, with a way to undo it where there is one. */
export const toasts = Toast.createToastManager()

type Offer = { title: string; description: string; action: string; onAction: () => void }

/** Says what was done, and offers one thing to do about it, once: the message is gone then. */
export function offer({ title, description, action, onAction }: Offer): void {
  const id = toasts.add({
    title,
    description,
    actionProps: {
      children: action,
      onClick() {
        toasts.close(id)
        onAction()
      },
    },
  })
}
