import './htmx.js'
import 'htmx.org/dist/ext/hx-ws.js'
import './live.js'

// What was seen last can be read without a network, where the browser allows it: on https and on localhost.
if (isSecureContext) navigator.serviceWorker?.register('/sw.js')
