// What pages about alerts gain where scripts run: the switch of the sound, and messages to this browser.
import { armed, arm, chime } from './sound.js'

document.documentElement.dataset.scripts = ''

for (const button of document.querySelectorAll('[data-sound]')) {
  const say = () => {
    button.setAttribute('aria-pressed', armed())
    button.querySelector('span').textContent = armed() ? 'Sound is on' : 'Sound is off'
  }
  button.hidden = false
  button.onclick = () => { arm(!armed()); say(); if (armed()) chime() }
  say()
}

// Messages to this browser need a subscription, which stands in the form as its target.
for (const form of document.querySelectorAll('form[data-push]')) offerPush(form)

async function offerPush(form) {
  const button = form.querySelector('button'), said = form.querySelector('[data-push-said]')
  if (!isSecureContext || !('PushManager' in window) || !form.dataset.push) return
  const worker = await navigator.serviceWorker.register('/sw.js')
  button.hidden = false
  said.textContent = 'The browser will ask whether it may show messages.'
  form.addEventListener('submit', async (event) => {
    if (form.elements.target.value) return
    event.preventDefault()
    try {
      const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push })
      form.elements.target.value = JSON.stringify(subscription)
      form.submit()
    } catch {
      said.textContent = 'The browser did not allow it. Allow messages from this page in its settings, then try again.'
    }
  })
}
