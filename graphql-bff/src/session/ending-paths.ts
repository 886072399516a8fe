/** Where sessions end. Never refused for their rate (rate-limits.ts): a session that was to end would live on. */
export const ENDING_PATHS = {
  logOut: '/auth/logout',
  logOutEverywhere: '/auth/logout-everywhere',
  backChannel: '/auth/backchannel-logout',
} as const
