import { Toast } from '@base-ui/react/toast'

/** Short messages about what was just done, with a way to undo it where there is one. */
export const toasts = Toast.createToastManager()
