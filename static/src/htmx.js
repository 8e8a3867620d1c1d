import htmx from 'htmx.org'
// Its socket extension looks for a global.
window.htmx = htmx
