// What forms gain where scripts run. Every page is complete without it; nothing here is needed to send one.

// enhance prepares the forms of a part of the page, also one that was swapped in.
export function enhance(root = document) {
  for (const button of root.querySelectorAll('[data-copy][hidden]')) if (navigator.clipboard || document.execCommand) button.hidden = false
  for (const group of root.querySelectorAll('[data-place]')) offerPlace(group)
  for (const select of root.querySelectorAll('select[data-enhance=timezone]')) searchable(select)
}

// copy puts the text of an element on the clipboard. On plain http browsers offer only the old way.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy)
  try {
    await navigator.clipboard.writeText(source.textContent)
  } catch {
    getSelection().selectAllChildren(source)
    if (!document.execCommand('copy')) return
    getSelection().removeAllRanges()
  }
  const label = button.querySelector('span')
  label.textContent = 'Copied'
  button.dataset.done = ''
  setTimeout(() => { label.textContent = 'Copy'; delete button.dataset.done }, 2000)
}

// offerPlace shows the button that fills in where this device is; browsers allow it on https and localhost only.
function offerPlace(group) {
  const button = group.querySelector('[data-locate]')
  if (!navigator.geolocation || !isSecureContext) return
  const said = group.querySelector('[data-locate-said]')
  button.hidden = false
  button.onclick = () => {
    said.textContent = 'Looking…'
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const [latitude, longitude] = group.querySelectorAll('input')
      latitude.value = coords.latitude.toFixed(4)
      longitude.value = coords.longitude.toFixed(4)
      said.textContent = 'Filled in.'
    }, () => { said.textContent = 'This device does not tell where it is. Type it, or leave it empty.' }, { timeout: 15000 })
  }
}

// searchable puts a line to search in before a list of time zones, and chooses the browser's own.
function searchable(select) {
  if ('searchable' in select.dataset) return
  select.dataset.searchable = ''
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!select.value && [...select.options].some((o) => o.value === own)) select.value = own
  const input = document.createElement('input')
  const list = document.createElement('datalist')
  list.id = select.id + '-list'
  for (const o of select.options) if (o.value) list.append(new Option(o.value.replaceAll('_', ' '), o.value))
  input.id = select.id
  input.setAttribute('list', list.id)
  input.autocomplete = 'off'
  input.value = select.value
  for (const name of ['aria-describedby', 'aria-invalid']) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name))
  input.addEventListener('focus', () => input.select())
  input.addEventListener('input', () => {
    const typed = input.value.trim().replaceAll(' ', '_').toLowerCase()
    const match = [...select.options].find((o) => o.value.toLowerCase() === typed)
    select.value = match ? match.value : ''
  })
  select.id += '-choice'
  select.hidden = true
  select.required = false
  select.before(input, list)
}

addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-copy]')
  if (button) copy(button)
})
enhance()
document.addEventListener('htmx:after:swap', () => enhance())
