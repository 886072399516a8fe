import { findTool } from '@harbor/shared-testing/tools'
import { chromium } from 'playwright-core'
import { lintCookie } from './cookie-linter.ts'

export const browser = findTool('chromium')

type Options = {
  /** More of the browser's own switches. */
  args?: readonly string[]
  /** An origin whose cookies are held against the rules. */
  web?: string
}

/** A browser with one page; what its scripts threw, and what was wrong with the cookies that were set. */
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
          () => {}, // the page has gone on
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
