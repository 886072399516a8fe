import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { browser } from './chromium.ts'

/** Long enough for a busy machine; reached only when what is awaited never comes. */
const WAIT_MS = 60_000

export type Login = { username: string; password: string }

export const launchChrome = (): Promise<Browser> =>
  chromium.launch({ executablePath: browser ?? '', args: ['--no-sandbox', '--disable-gpu'] })

/** A phone with nothing stored on it: a browser context of its own, whose tabs share their storage. */
export async function openPhone(chrome: Browser, origin: string) {
  const context = await chrome.newContext({ viewport: { width: 390, height: 844 } })
  context.setDefaultTimeout(WAIT_MS)
  const errors: string[] = []
  const notices: string[] = []
  // A notice disappears after seconds, perhaps before a busy test looks: so each is recorded as it appears.
  await context.exposeBinding('recordNotice', (_, text: string) => void notices.push(text))
  await context.addInitScript(`
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes)
        if (target.id === 'notices') for (const node of addedNodes) recordNotice(node.textContent)
    }).observe(document, { childList: true, subtree: true })
  `)

  return {
    context,
    /** Errors thrown by the scripts of its tabs. */
    errors,
    close: () => context.close(),
    async openTab(hash = '/'): Promise<Page> {
      const page = await context.newPage()
      page.on('pageerror', ({ message }) => errors.push(message))
      await page.goto(`${origin}/#${hash}`)
      return page
    },
    /** Resolves when this notice has been shown, now or earlier. */
    noticed: (text: string) => expect.poll(() => notices.join('\n'), { timeout: WAIT_MS }).toContain(text),
  }
}

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

export async function logIn(page: Page, { username, password }: Login): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByLabel('E-mail').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await heading(page, /^Hello/).waitFor()
}

/**
 * Reloads until this screen is answered in full. On a busy machine an optional source may miss the deadline, and a
 * degraded answer is neither complete nor stored for offline use.
 */
export async function loadInFull(page: Page, screen: string): Promise<void> {
  const isFull = async () => {
    const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname === screen)
    await page.reload()
    const answer = await answered
    return (answer.ok() || answer.status() === 304) && !('x-degraded' in answer.headers())
  }
  await expect.poll(isFull, { timeout: WAIT_MS, interval: 100 }).toBe(true)
}

/** Resolves when the page can be opened without a network. */
export async function installWorker(page: Page): Promise<void> {
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
}

/** Everything that a tab's origin has stored, as text: localStorage, sessionStorage, IndexedDB and caches. */
export async function storedText(page: Page): Promise<string> {
  return page.evaluate(`(async () => {
    const result = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })]
    for (const { name } of await indexedDB.databases()) {
      const db = await result(indexedDB.open(name))
      for (const store of db.objectStoreNames) {
        const entries = db.transaction(store).objectStore(store)
        texts.push(JSON.stringify([await result(entries.getAllKeys()), await result(entries.getAll())]))
      }
      db.close()
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) texts.push(request.url, await (await cache.match(request)).text())
    }
    return texts.join('\\n')
  })()`)
}

/** Calls of the cart service that put something into a cart, since `forgetCalls`. */
export async function linesAddedAt(control: string): Promise<number> {
  const counts = (await (await fetch(`${control}/calls`)).json()) as Record<string, Record<string, number>>
  return counts.cart?.['POST /carts/{id}/lines'] ?? 0
}
