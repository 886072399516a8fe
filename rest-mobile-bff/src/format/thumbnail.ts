/** A picture no wider than the app shows it; `width` in CSS pixels, sent at twice that for dense screens. */
export const thumbnail = (url: string, width: number): string =>
  `${url}${url.includes('?') ? '&' : '?'}w=${width * 2}`
