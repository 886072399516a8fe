import type { Page } from 'playwright-core'

/** Logs in by the form of the identity service, and is back on the page of the dashboard. */
export async function logInOnPage(
  page: Page,
  web: string,
  { username, password }: { username: string; password: string },
  returnTo = '/',
): Promise<void> {
  await page.goto(`${web}/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
  await page.getByLabel('E-mail').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.locator('#user').waitFor()
}

/** Logs out by the menu, here and, as it asks, at the identity service. */
export async function logOutOnPage(
  page: Page,
  word: 'Log out' | 'Log out everywhere' = 'Log out',
): Promise<void> {
  await page.locator('#user').click()
  await page.getByRole('menuitem', { name: word, exact: true }).click()
  await page.getByRole('heading', { name: 'Log out?' }).waitFor()
}
