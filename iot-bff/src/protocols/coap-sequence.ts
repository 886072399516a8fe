/** A step every 2 ms: well below the 2^23 in 128 s from which a client could not tell older from newer. */
const STEP_MS = 2
const MASK = 0xff_ffff
const HALF = 0x80_0000

/**
 * The Observe number of a notification (RFC 7641 §4.4), higher than `previous` and than any of this server within
 * the last hours, also before a restart: it follows the wall clock at the start of the process, and then the
 * monotonic one.
 */
export function observeNumber(previous: number | undefined): number {
  const now = Math.floor((performance.timeOrigin + performance.now()) / STEP_MS) % (MASK + 1)
  if (previous === undefined) return now
  const ahead = (now - previous) & MASK
  return ahead > 0 && ahead < HALF ? now : (previous + 1) & MASK
}
