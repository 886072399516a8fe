import { typedChannel } from './channel.ts'

/** What happened to a session, or to an attempt to begin one. */
export type SessionEvent = {
  readonly event: 'begun' | 'log-in-failed' | 'refreshed' | 'refresh-failed' | 'refused' | 'ended'
}

export const sessionEvents = typedChannel<SessionEvent>('harbor.session')
