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

let known = null
let timer

/** Asks who is logged in, and shows it; again when the session should end, or when something says that it has. */
export async function showSession() {
  clearTimeout(timer)
  const answer = await api.session().catch(() => undefined)
  if (!answer) {
    // Not known is not logged out: what is shown stays.
    timer = setTimeout(showSession, 5_000)
    return
  }
  if (answer.user === null) return showNobody()
  const idleMs = new Date(answer.idleExpiresAt) - Date.now() + 500
  timer = setTimeout(showSession, Math.min(Math.max(idleMs, 1_000), ASK_EVERY_MS))
  if (known) return
  known = answer.user
  say('')
  account.replaceChildren(
    el('span', { id: 'user', title: known.roles.join(', ') }, known.name ?? 'Logged in'),
    button('Log out', () => logOut(false)),
    button('Log out everywhere', () => logOut(true)),
  )
  home.replaceChildren(...(await dashboard(known).catch(() => [])))
}

function showNobody() {
  if (known) say('Your session has ended. Log in again to go on.')
  else if (!account.hasChildNodes()) say(NOTICES[new URLSearchParams(location.search).get('log-in')] ?? '')
  known = null
  home.replaceChildren()
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
    known = null
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

// Another tab may have logged out meanwhile.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') showSession()
})
