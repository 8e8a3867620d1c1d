import './htmx.js'
import 'htmx.org/dist/ext/hx-ws.js'
import './live.js'
import { heed } from './sound.js'

document.addEventListener('htmx:ws:after:message:incoming', () => heed())

// What was seen last can be read without a network, where the browser allows it: on https and on localhost.
if (isSecureContext) navigator.serviceWorker?.register('/sw.js')
