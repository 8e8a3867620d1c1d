// Says whether the page is current, and keeps the ages on it right. A page that stopped and still looks live
// is worse than none: the bar shows the state and the time of the last message, always.

const root = document.documentElement
const silence = 40_000 // ms; the server says something every 15 s
let watchdog, lost = 0, heardAt = performance.now()

// age says how long ago a moment was, in the words the server uses.
export function age(seconds) {
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86400)} days ago`
}

// farmNow is the farm's clock in ms: what the server said last and the time since.
function farmNow() {
  const clock = document.getElementById('clock')
  return clock ? Date.parse(clock.dateTime) + performance.now() - heardAt : Date.now()
}

function refresh() {
  const now = farmNow()
  for (const t of document.querySelectorAll('time[data-ago]')) {
    const text = age((now - Date.parse(t.dateTime)) / 1000)
    if (t.textContent !== text) t.textContent = text
  }
  say()
}

function say() {
  const text = document.getElementById('live-text')
  if (!text) return
  const state = root.dataset.live
  let words = { on: 'Live', off: 'Reconnecting…', offline: 'Offline' }[state] ?? text.textContent
  const old = performance.now() - heardAt
  if (state !== 'on' && state !== 'connecting' && old > 60_000) words = `${state === 'off' ? 'Not live' : 'Offline'}, ${age(old / 1000).replace('ago', 'old')}`
  if (text.textContent !== words) text.textContent = words
}

function set(state) {
  if (state === 'off' && !navigator.onLine) state = 'offline'
  root.dataset.live = state
  say()
}

function heard(connection) {
  heardAt = performance.now()
  clearTimeout(watchdog)
  watchdog = setTimeout(() => { set('off'); connection.socket?.close() }, silence)
}

document.addEventListener('htmx:ws:after:connection', (e) => heard(e.detail.connection))
document.addEventListener('htmx:ws:before:message:incoming', (e) => heard(e.detail.connection))
document.addEventListener('htmx:ws:after:message:incoming', (e) => {
  set('on')
  // The next connection asks for what is newer than this message.
  const { connection } = e.detail, seen = document.getElementById('clock')?.dataset.v
  if (seen) connection.url = connection.url.replace(/([?&]v=)\d+/, `$1${seen}`)
  refresh()
})
document.addEventListener('htmx:ws:close', (e) => {
  clearTimeout(watchdog)
  if (e.detail.code === 1008) return location.reload() // signed out: the server shows where to sign in
  set('off')
})
addEventListener('offline', () => set('offline'))
addEventListener('online', () => root.dataset.live === 'offline' && set('off'))
setInterval(refresh, 10_000)
