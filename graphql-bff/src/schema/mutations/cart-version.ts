import type { Precondition } from '@harbor/shared-runtime/writes/precondition'

/** The condition that a cart is still in the state that was shown, where that was said. */
export const inVersion = (version: number | null | undefined): { precondition?: Precondition } =>
  version === null || version === undefined ? {} : { precondition: { versions: [version] } }
