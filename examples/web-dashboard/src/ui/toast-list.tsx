import { Toast } from '@base-ui/react/toast'
import { Cross } from './icons.tsx'

export const Toasts = () => (
  <Toast.Portal>
    <Toast.Viewport className="toasts">
      <List />
    </Toast.Viewport>
  </Toast.Portal>
)

function List() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast">
      <Toast.Content className="toast-content">
        <Toast.Title className="toast-title" />
        <Toast.Description className="toast-text" />
      </Toast.Content>
      {toast.actionProps && <Toast.Action className="button small" />}
      <Toast.Close className="icon-button" aria-label="Close the message">
        <Cross />
      </Toast.Close>
    </Toast.Root>
  ))
}
