/** Routes that end sessions. Not rate-limited (rate-limits.ts): a refused request would leave the session active. */
export const ENDING_PATHS = {
  logOut: '/auth/logout',
  logOutEverywhere: '/auth/logout-everywhere',
  backChannel: '/auth/backchannel-logout',
} as const
