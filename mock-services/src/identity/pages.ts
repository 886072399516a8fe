const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

const ANCHOR = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm0 0v13M8 12h8M4 14c.3 4 3.5 7 8 7s7.7-3 8-7"/></svg>`

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Harbor Commerce</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml"><link rel="stylesheet" href="/pages.css"></head>
<body><header>${ANCHOR} Harbor</header><main><h1>${escapeHtml(title)}</h1>${body}</main>
<footer>Harbor Commerce</footer></body></html>`

/** The log-in form; with what went wrong, the second time. */
export const loginPage = (uid: string, problem = ''): string =>
  page(
    'Log in',
    `${problem && `<p role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="/interaction/${escapeHtml(uid)}">
<label>E-mail <input name="username" type="email" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Log in</button></form>`,
  )

/** Asks whether a client may have what it asks for. */
export const consentPage = (uid: string, client: string, scopes: string[]): string =>
  page(
    `Let ${client} in?`,
    `<p>It asks for:</p><ul>${scopes.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('')}</ul>
<form method="post" action="/interaction/${escapeHtml(uid)}"><button>Allow</button></form>`,
  )

/** Around the provider's own form, which holds the protection against forged requests. */
export const logoutPage = (form: string): string =>
  page(
    'Log out?',
    `${form}<button type="submit" form="op.logoutForm" value="yes" name="logout" autofocus>Log out</button>`,
  )

export const messagePage = (message: string): string => page('Harbor', `<p>${escapeHtml(message)}</p>`)
