const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} – Harbor</title>
<style>body{font:16px/1.5 system-ui;max-width:22rem;margin:4rem auto;padding:0 1rem}
label{display:block;margin:1rem 0}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}
button{font:inherit;padding:.4rem 1rem}[role=alert]{color:#a00}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`

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
