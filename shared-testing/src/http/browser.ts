import { request as httpRequest } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A browser, as far as cookies and redirects go: which of its cookies it sends, and where it ends up. */
export type Browser = ReturnType<typeof createBrowser>

type Cookie = { name: string; value: string; path: string; strict: boolean }
type Navigation = {
  form?: Record<string, string>
  headers?: Record<string, string>
  from?: string
  /** Ends before it follows a redirect to an address that has this in it. */
  until?: string
}
type Sent = { method: string; headers: Record<string, string>; body?: string | undefined }

const MAX_REDIRECTS = 20
const SCRIPT = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/**
 * Keeps cookies by origin, and like a browser leaves out the Strict ones on a navigation that another origin
 * began or passed on, and says of each request what it is for (Fetch Metadata). `watch` is told each answer.
 */
export function createBrowser(watch: (url: string, answer: Response) => void = () => {}) {
  const jars = new Map<string, Map<string, Cookie>>()

  const jar = (url: string) => {
    const { origin } = new URL(url)
    const cookies = jars.get(origin) ?? new Map<string, Cookie>()
    jars.set(origin, cookies)
    return cookies
  }

  const cookieHeader = (url: string, crossSite: boolean) =>
    [...jar(url).values()]
      .filter(({ strict, path }) => !(strict && crossSite) && new URL(url).pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')

  function keep(url: string, answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const path = /path=([^;]+)/i.exec(line)?.[1] ?? '/'
      const key = `${name} ${path}`
      if (/max-age=0\b|expires=Thu, 01 Jan 1970/i.test(line)) jar(url).delete(key)
      else jar(url).set(key, { name, value, path, strict: /samesite=strict/i.test(line) })
    }
  }

  async function send(url: string, { headers, ...init }: Sent, crossSite: boolean): Promise<Response> {
    const cookie = cookieHeader(url, crossSite)
    const answer = await request(url, { ...init, headers: { ...(cookie && { cookie }), ...headers } })
    keep(url, answer)
    watch(url, answer)
    return answer
  }

  return {
    /** What a script of a page of that origin sends. */
    call(url: string, { method = 'GET', headers, body }: Partial<Sent> = {}): Promise<Response> {
      const origin = method === 'GET' ? {} : { origin: new URL(url).origin }
      return send(url, { method, headers: { ...SCRIPT, ...origin, ...headers }, body }, false)
    },

    /** A navigation, or a form of a page of the origin `from`; to its end, where it stays. */
    async go(url: string, { form, headers = {}, from, until }: Navigation = {}) {
      let crossSite = from !== undefined && new URL(from).origin !== new URL(url).origin
      let at = url
      let body = form && new URLSearchParams(form).toString()
      for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
        const site = crossSite ? 'cross-site' : from === undefined ? 'none' : 'same-origin'
        const said = { ...NAVIGATION, 'sec-fetch-site': site, ...(body !== undefined && FORM), ...headers }
        const method = body === undefined ? 'GET' : 'POST'
        const answer = await send(at, { method, headers: said, body }, crossSite)
        const location = answer.headers.get('location')
        if (location === null) return { url: at, status: answer.status, text: await answer.text() }
        const next = new URL(location, at).href
        if (until !== undefined && next.includes(until)) return { url: next, status: answer.status, text: '' }
        crossSite ||= new URL(next).origin !== new URL(at).origin
        at = next
        body = undefined
      }
      throw new Error(`more than ${MAX_REDIRECTS} redirects, at last to ${at}`)
    },

    /** The cookies of an origin, as a script's request would carry them. */
    cookies: (url: string) => cookieHeader(url, false),
  }
}

/** Not by fetch, which says of every request that it is a script's. */
function request(url: string, { method, headers, body }: Sent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent: false }, async (answer) => {
      const lines = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      )
      const content = await buffer(answer)
      const { statusCode: status = 0 } = answer
      resolve(new Response(content.length > 0 ? new Uint8Array(content) : null, { status, headers: lines }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

type User = { username: string; password: string }

/** Logs a user in at a web BFF through the form of the identity service; gives the page that it ends at. */
export async function logIn(browser: Browser, bff: string, { username, password }: User, returnTo = '/') {
  const form = await browser.go(`${bff}/auth/login?${new URLSearchParams({ returnTo })}`)
  return form.text.includes('name="password"') ? submitForm(browser, form, { username, password }) : form
}

/** Sends the form of a page. */
export function submitForm(
  browser: Browser,
  page: { url: string; text: string },
  form: Record<string, string>,
  until?: string,
) {
  const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const hidden = page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)
  const fields = Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value]))
  return browser.go(new URL(action, page.url).href, {
    form: { ...fields, ...form },
    from: page.url,
    ...(until && { until }),
  })
}
