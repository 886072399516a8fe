import { findTool } from '@harbor/shared-testing/tools'
import { chromium } from 'playwright-core'
import { lintCookie } from './cookie-linter.ts'

export const browser = findTool('chromium')

type Options = {
  /** Additional command-line switches of the browser. */
  args?: readonly string[]
  /** The origin whose cookies are checked. */
  web?: string
}

/** A browser with one page; collects script errors and invalid cookies. */
export async function openBrowser({ args = [], web }: Options = {}) {
  const chrome = await chromium.launch({
    executablePath: browser ?? '',
    args: ['--no-sandbox', '--disable-gpu', ...args],
  })
  const context = await chrome.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  const seen: Promise<void>[] = []
  page.on('response', (answer) => {
    if (web !== undefined && answer.url().startsWith(`${web}/`))
      seen.push(
        answer.headersArray().then(
          (headers) => {
            for (const { name, value } of headers)
              if (name.toLowerCase() === 'set-cookie') errors.push(...lintCookie(answer.url(), value))
          },
          () => {}, // the page has navigated
        ),
      )
  })
  return {
    page,
    context,
    errors,
    async close() {
      await Promise.all(seen)
      await chrome.close()
    },
  }
}
