// `VERSION` is written in front of this file when it is served: a new version of any file makes another worker.
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

// The shell comes out of the cache, with or without a network. Data does not pass here: the app keeps it by ETag,
// and a second place that keeps it would be a second truth.
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
