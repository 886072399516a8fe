/** `system` follows the browser. */
export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'theme'

/** What the user has chosen in this browser. */
export const chosenTheme = (): Theme =>
  THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system'

export function applyTheme(theme = chosenTheme()): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme
}
