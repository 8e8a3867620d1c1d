// The service worker: pages come from the network, and only when there is none from what was seen last. The
// page itself says how old it is. Files with a hash in their name never change.
const files = 'furrow-BUILD_MARK', pages = 'furrow-pages'
const kept = /^\/($|alerts$|(zones|sensors)\/\d+$)/

self.addEventListener('install', () => self.skipWaiting())

self.addEventListener('activate', (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== files && name !== pages) await caches.delete(name)
  await self.clients.claim()
})()))

self.addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.method === 'POST' && url.pathname === '/sign-out') caches.delete(pages)
  if (request.method !== 'GET') return
  if (url.pathname.startsWith('/static/')) event.respondWith(file(request))
  else if (request.mode === 'navigate' && kept.test(url.pathname)) event.respondWith(page(request))
})

// Messages about alerts reach this browser also when no page is open.
self.addEventListener('push', (event) => {
  const { id, title, body, url } = event.data.json()
  event.waitUntil(self.registration.showNotification(title, { body, tag: id, data: url }))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(self.clients.openWindow(event.notification.data || '/alerts'))
})

async function file(request) {
  const cache = await caches.open(files), hit = await cache.match(request)
  if (hit) return hit
  const answer = await fetch(request)
  if (answer.ok) cache.put(request, answer.clone())
  return answer
}

async function page(request) {
  const cache = await caches.open(pages)
  try {
    const answer = await fetch(request)
    if (answer.ok && !answer.redirected) cache.put(request, answer.clone())
    else if (new URL(answer.url || request.url).pathname === '/sign-in') caches.delete(pages)
    return answer
  } catch (error) {
    const seen = await cache.match(request, { ignoreSearch: true })
    if (seen) return seen
    throw error
  }
}
