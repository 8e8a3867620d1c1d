import uPlot from 'uplot'
import { formats } from './format.js'
import { guide } from './guide.js'
import { readByKeys, readByTouch } from './reading.js'

// steps are the distances between marks of the value axis.
const steps = Array.from({ length: 14 }, (_, i) => [1, 2, 5].map((n) => +`${n}e${i - 4}`)).flat()

// <live-chart> draws what its data-src returns over the drawing that the server made, and takes in the
// <chart-point t v> elements that the socket appends to it. Its picture is a chart with one line, the means,
// and a band from the lowest to the highest. Columns are [time in s, highest, lowest, mean], null in gaps.
class LiveChart extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController()
    const { signal } = this.gone
    this.format = formats(this.dataset)
    this.tip = Object.assign(document.createElement('div'), { className: 'tip', hidden: true, role: 'status' })
    this.reset = Object.assign(document.createElement('button'), { className: 'reset', type: 'button', textContent: 'Show all', hidden: true })
    this.reset.addEventListener('click', () => this.show())
    this.points = new MutationObserver(() => this.take())
    this.points.observe(this, { childList: true })
    this.size = new ResizeObserver(() => this.plot?.setSize({ width: this.clientWidth, height: this.clientHeight }))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { this.colour(); this.plot?.redraw() }, { signal })
    // What was missed while the connection was lost comes from the history, not from the socket.
    document.addEventListener('htmx:ws:after:connection', () => document.documentElement.dataset.live !== 'connecting' && this.load(), { signal })
    this.load()
  }

  disconnectedCallback() {
    this.gone.abort()
    this.points.disconnect()
    this.size.disconnect()
    this.plot?.destroy()
    this.plot = undefined
  }

  // load fetches what is in view: the page's own range, or the part that somebody looks at closely.
  async load() {
    const url = new URL(this.dataset.src, location), { closeUp } = this
    if (closeUp) {
      url.search = new URLSearchParams({ from: Math.floor(closeUp[0] * 1000), to: Math.ceil(closeUp[1] * 1000) })
    }
    this.asked?.abort()
    this.asked = new AbortController()
    try {
      const answer = await fetch(url, { signal: AbortSignal.any([this.asked.signal, this.gone.signal]) })
      if (!answer.ok) throw Error(`${url.pathname}: ${answer.status}`)
      this.accept(await answer.json())
    } catch (error) {
      if (error.name !== 'AbortError') console.warn('chart:', error.message) // the drawing of the server stays
    }
  }

  accept({ t, v, lo, hi, ...about }) {
    Object.assign(this, { limits: undefined, alerts: undefined }, about) // from, to, step, gap, newest in s; count of the last bucket
    this.data = [t, hi, lo, v]
    if (!t.length && !this.plot) return
    if (this.plot) {
      this.refresh()
    } else {
      this.colour()
      this.draw()
      this.size.observe(this)
      this.toggleAttribute('ready', true)
    }
    this.take()
  }

  refresh() {
    this.plot.batch(() => {
      this.plot.setData(this.data, false)
      this.plot.setScale('x', { min: this.from, max: this.to })
    })
  }

  // show looks at a part of the time, or at all of it again.
  show(from, to) {
    this.closeUp = from === undefined ? undefined : [from, Math.max(to, from + 10)]
    this.reset.hidden = !this.closeUp
    if (this.closeUp) this.plot.setScale('x', { min: this.closeUp[0], max: this.closeUp[1] })
    clearTimeout(this.settle)
    this.settle = setTimeout(() => this.load(), this.closeUp ? 250 : 0)
  }

  // colour looks up what the canvas draws with: it knows no light-dark().
  colour() {
    this.append(this.tip)
    const look = (name) => {
      this.tip.style.color = `var(--c-${name})`
      return getComputedStyle(this.tip).color
    }
    this.colors = Object.fromEntries(['line', 'area', 'grid', 'text', 'alert', 'ok', 'card'].map((name) => [name, look(name)]))
    this.tip.style.color = ''
  }

  draw() {
    const { format, dataset } = this, own = (name) => () => this.colors[name]
    const axis = (more) => ({ stroke: own('text'), font: `500 13px ${getComputedStyle(this).fontFamily}`, ticks: { show: false }, grid: { stroke: own('grid'), width: 1 }, ...more })
    this.plot = new uPlot({
      width: this.clientWidth, height: this.clientHeight, padding: [12, 18, 0, 0], legend: { show: false },
      tzDate: (s) => uPlot.tzDate(new Date(s * 1000), dataset.zone),
      cursor: { y: false, drag: { x: true, y: false, dist: 12, setScale: false }, points: { size: 10, width: 2, fill: own('line'), stroke: () => getComputedStyle(this).getPropertyValue('--card') } },
      scales: { x: { min: this.from, max: this.to }, y: { range: (u, low, high) => format.span(low, high, this.limits) } },
      axes: [
        axis({ space: 76, size: 30, values: (u, splits, i, space, step) => splits.map((t) => format.tick(t, step)) }),
        axis({ space: 44, gap: 8, incrs: steps, size: (u, labels) => Math.max(36, ...(labels ?? []).map((l) => l.length * 7.5 + 16)),
          ...(format.words ? { splits: () => [0, 1] } : {}), values: (u, splits) => splits.map((v) => format.label(v, splits)) }),
      ],
      series: [{}, { points: { show: false } }, { points: { show: false } },
        { stroke: own('line'), width: 2.25, points: { show: false }, ...(format.words ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}) }],
      bands: format.words ? [] : [{ series: [1, 2], fill: own('area') }],
      hooks: {
        ...guide(this),
        setCursor: [() => this.read()],
        setSelect: [(u) => u.select.width && this.show(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'))],
      },
    }, this.data, this)
    this.plot.setScale('x', { min: this.from, max: this.to })
    this.append(this.tip, this.reset)
    this.plot.over.addEventListener('dblclick', () => this.show())
    this.plot.over.addEventListener('mouseleave', () => { this.tip.hidden = true })
    readByTouch(this)
    readByKeys(this)
  }

  // read says beside the cursor what was measured there.
  read() {
    const u = this.plot, i = u?.cursor.idx
    this.tip.hidden = i == null || this.data[3][i] == null
    if (this.tip.hidden) return
    const [t, hi, lo, v] = this.data.map((column) => column[i]), { format } = this
    const value = Object.assign(document.createElement('b'), { textContent: format.value(v) })
    const alert = this.alerts?.find(([from, to]) => t >= from - this.step && t <= (to ?? t))
    this.tip.replaceChildren(format.when(t, this.step), value, lo < hi ? format.between(lo, hi) : '', alert?.[2] ?? '')
    const x = u.valToPos(t, 'x') + u.over.offsetLeft, width = this.tip.offsetWidth
    this.tip.style.translate = `${x + 14 + width > this.clientWidth ? Math.max(0, x - 14 - width) : x + 14}px 12px`
  }

  // take moves points that were appended into the columns. Who looks at a part keeps that in view.
  take() {
    const fresh = this.querySelectorAll('chart-point')
    if (!fresh.length) return
    for (const p of fresh) {
      if (this.data && !this.closeUp && !this.dataset.fixed) this.add(+p.getAttribute('t'), +p.getAttribute('v'))
      p.remove()
    }
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined
      if (this.plot && !this.closeUp && !this.dataset.fixed) this.refresh()
    })
  }

  add(at, value) {
    const [t, hi, lo, v] = this.data, last = t.length - 1, { step } = this
    if (at <= this.newest) return
    this.newest = at
    const bucket = Math.floor(at / step)
    if (last >= 0 && v[last] != null && Math.floor(t[last] / step) === bucket && !this.format.words) {
      v[last] = (v[last] * this.count + value) / ++this.count
      hi[last] = Math.max(hi[last], value)
      lo[last] = Math.min(lo[last], value)
      t[last] = Math.max(t[last], Math.min(at, (bucket + .5) * step))
    } else {
      if (last >= 0 && at - t[last] > this.gap) for (const [i, column] of this.data.entries()) column.push(i ? null : (t[last] + at) / 2)
      for (const [i, column] of this.data.entries()) column.push(i ? value : at)
      this.count = 1
    }
    if (at > this.to) {
      this.from += at - this.to
      this.to = at
      const old = t.findIndex((x) => x >= this.from - step)
      if (old > 0) for (const column of this.data) column.splice(0, old)
    }
  }
}

customElements.define('live-chart', LiveChart)
