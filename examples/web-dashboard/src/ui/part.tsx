import { CatchBoundary } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Degraded } from './degraded.tsx'

/** A part of a page that may break by itself: an error in its code costs this part. */
export const Part = ({ what, children }: { what: string; children: ReactNode }) => (
  <CatchBoundary
    getResetKey={() => what}
    errorComponent={({ reset }) => <Degraded what={what} onRetry={reset} />}
  >
    {children}
  </CatchBoundary>
)
