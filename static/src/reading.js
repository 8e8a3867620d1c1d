// Reading a chart without a mouse.

// readByTouch: one finger reads the chart while vertical swipes still scroll the page; two fingers zoom and
// move it.
export function readByTouch(chart) {
  const u = chart.plot, { over } = u
  const across = (event) => [...event.touches].map((touch) => touch.clientX - over.getBoundingClientRect().left)
  let held // the times under the two fingers
  over.addEventListener('touchstart', (event) => {
    const x = across(event)
    held = x.length === 2 ? x.map((left) => u.posToVal(left, 'x')) : undefined
    if (!held) u.setCursor({ left: x[0], top: 10 })
  }, { passive: true })
  over.addEventListener('touchmove', (event) => {
    const x = across(event)
    if (!held) return u.setCursor({ left: x[0], top: 10 })
    if (x.length !== 2) return
    event.preventDefault()
    const perPixel = (held[1] - held[0]) / (x[1] - x[0])
    if (perPixel > 0) chart.show(held[0] - x[0] * perPixel, held[0] + (over.clientWidth - x[0]) * perPixel)
  }, { passive: false })
}

// readByKeys makes the chart one stop of the keyboard. Arrows walk along it and the tip is spoken; plus and
// minus look closer and farther.
export function readByKeys(chart) {
  const strides = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24, Home: -Infinity, End: Infinity }
  chart.tabIndex = 0
  chart.setAttribute('role', 'application')
  chart.setAttribute('aria-roledescription', 'chart')
  chart.setAttribute('aria-label', `${chart.dataset.name} over time. Arrow keys read single values, plus and minus zoom; a table follows.`)
  chart.addEventListener('keydown', (event) => {
    const u = chart.plot, { min, max } = u.scales.x, [times, , , means] = chart.data
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') chart.closeUp ? chart.show() : (chart.tip.hidden = true)
    if (event.key === '+' || event.key === '-') {
      const centre = u.cursor.idx == null ? (min + max) / 2 : times[u.cursor.idx], half = (max - min) * (event.key === '+' ? .25 : 1)
      chart.show(centre - half, centre + half)
    }
    const stride = strides[event.key]
    if (!stride || !times.length) return
    event.preventDefault()
    let i = Math.max(0, Math.min(times.length - 1, (u.cursor.idx ?? times.length) + stride))
    while (means[i] == null && times[i + Math.sign(stride)] !== undefined) i += Math.sign(stride) // over a gap
    u.setCursor({ left: u.valToPos(times[i], 'x'), top: 10 })
  })
}
