import * as api from './api.js'
import { dashboard } from './dashboard.js'
import { el } from './elements.js'

const account = document.querySelector('#account')
const notice = document.querySelector('#notice')
const home = document.querySelector('#home')

/** To ask does not prolong a session; it may have ended elsewhere. */
const ASK_EVERY_MS = 60_000
const NOTICES = {
  failed: 'You are not logged in: the log-in was not finished. Please try again.',
  unavailable: 'You cannot log in just now. Please try again in a moment.',
}

/** The tabs of one browser share a session: one that sees another session, or none, tells the others to look. */
const tabs = new BroadcastChannel('session')

/** The session whose user is shown, by its key. */
let known = null
let timer

/** Another log-in is another session, of the same user or of another with the same name. */
const keyOf = (answer) => answer?.user && JSON.stringify([answer.user, answer.expiresAt])

/** Asks who is logged in, and shows it; asks again when the session should end, or something says that it has. */
export async function showSession() {
  clearTimeout(timer)
  const answer = await api.session().catch(() => undefined)
  clearTimeout(timer)
  if (!answer) {
    // Not known is not logged out: what is shown stays.
    timer = setTimeout(showSession, 5_000)
    return
  }
  if (answer.user === null) return showNobody()
  const idleMs = new Date(answer.idleExpiresAt) - Date.now() + 500
  timer = setTimeout(showSession, Math.min(Math.max(idleMs, 1_000), ASK_EVERY_MS))
  const key = keyOf(answer)
  if (known === key) return
  become(key)
  const { user } = answer
  say('')
  account.replaceChildren(
    el('span', { id: 'user', title: user.roles.join(', ') }, user.name ?? 'Logged in'),
    button('Log out', () => logOut(false)),
    button('Log out everywhere', () => logOut(true)),
  )
  const nodes = await dashboard(user).catch(() => [])
  // The cookie may have become another user's, or nobody's, while the dashboard was on its way.
  const after = await api.session().catch(() => undefined)
  if (known !== key) return
  if (keyOf(after) === key) home.replaceChildren(...nodes)
  else await showSession()
}

/** Nothing of the session before is shown any more, nor any answer of it that is still on its way. */
function become(key) {
  if (known !== key) tabs.postMessage(null)
  known = key
  home.replaceChildren()
}

function showNobody() {
  if (known) say('Your session has ended. Log in again to go on.')
  else if (!account.hasChildNodes()) say(NOTICES[new URLSearchParams(location.search).get('log-in')] ?? '')
  become(null)
  const link = el('a', { id: 'log-in', className: 'button', href: '/auth/login' }, 'Log in')
  // Back to where the user is when they click, which may have changed by then.
  link.addEventListener('click', () => {
    const query = new URLSearchParams({ returnTo: location.pathname + location.hash })
    link.href = `/auth/login?${query}`
  })
  account.replaceChildren(link)
}

async function logOut(everywhere) {
  try {
    const { endSessionUrl } = await api.logOut(everywhere)
    become(null)
    account.replaceChildren()
    // The identity service still knows this browser: it is logged out there, too.
    if (endSessionUrl) location.assign(endSessionUrl)
    else await showSession()
  } catch {
    say('You are still logged in: logging out did not work. Please try again in a moment.')
  }
}

const button = (text, act) => {
  const made = el('button', { type: 'button' }, text)
  made.addEventListener('click', act)
  return made
}

function say(text) {
  notice.textContent = text
  notice.hidden = text === ''
}

tabs.addEventListener('message', showSession)
// This tab may have slept meanwhile.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') showSession()
})
// Nothing is left for the browser's back and forward cache.
addEventListener('pagehide', () => home.replaceChildren())
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
