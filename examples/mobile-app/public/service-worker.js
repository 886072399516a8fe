// The server puts `VERSION` in front of this file: a change of any file makes a new worker.
const CACHE = `app ${VERSION}`
const SHELL = ['/', '/app.js', '/style.css', '/manifest.webmanifest', '/icon.svg']

self.addEventListener('install', (event) => {
  const requests = SHELL.map((path) => new Request(path, { cache: 'reload' }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  )
})

// The shell comes from the cache, with or without a network. Data is never cached here: the account's store has it,
// and a copy in this cache would outlive the log-out.
self.addEventListener('fetch', (event) => {
  const path = shellPath(event.request)
  if (path === undefined) return
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(path))
      .then((kept) => kept ?? fetch(event.request)),
  )
})

function shellPath({ url, mode }) {
  const { origin, pathname } = new URL(url)
  if (origin !== location.origin) return undefined
  if (mode === 'navigate') return pathname === '/' || pathname === '/callback' ? '/' : undefined
  return SHELL.includes(pathname) ? pathname : undefined
}
