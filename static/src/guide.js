// What a chart's value is held against: the limits of rules, painted below and over the line, and the alerts.

export function guide(chart) {
  const across = (u, t, end) => (t == null ? end : Math.max(u.bbox.left, Math.min(u.bbox.left + u.bbox.width, u.valToPos(t, 'x', true))))
  const limits = (u, each) => {
    for (const [from, to, ...ends] of chart.limits ?? []) {
      const a = across(u, from, u.bbox.left), b = across(u, to, u.bbox.left + u.bbox.width)
      ends.forEach((v, high) => v != null && each(a, b, u.valToPos(v, 'y', true), high, v))
    }
  }
  const beyond = (u) => {
    const { top, height } = u.bbox, path = new Path2D()
    limits(u, (a, b, y, high) => path.rect(a, high ? top : y, b - a, Math.max(0, high ? y - top : top + height - y)))
    return path
  }
  const paint = (draw) => [(u, i) => {
    const { ctx, bbox: { left, top, width, height } } = u, px = devicePixelRatio
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, top, width, height)
    ctx.clip()
    ctx.fillStyle = ctx.strokeStyle = chart.colors.alert
    ctx.lineWidth = px
    draw(ctx, u, px, left, top, width, height, i)
    ctx.restore()
  }]
  return {
    drawClear: paint((ctx, u, px, ...plot) => {
      if (!chart.limits) return
      ctx.globalAlpha = .07
      ctx.fillStyle = chart.colors.ok
      ctx.fillRect(...plot)
      ctx.globalAlpha = 1
      ctx.fillStyle = chart.colors.card
      ctx.fill(beyond(u))
    }),
    // Beyond the limits the line is drawn once more in another colour.
    drawSeries: paint((ctx, u, px, left, top, width, height, i) => {
      if (i < 3 || !u.series[3]._paths) return
      ctx.clip(beyond(u))
      ctx.lineWidth = 2.25 * px
      ctx.stroke(u.series[3]._paths.stroke)
    }),
    draw: paint((ctx, u, px, left, top, width, height) => {
      const line = (path) => ctx.stroke(new Path2D(path)), named = {}
      ctx.font = `650 ${12 * px}px ${getComputedStyle(chart).fontFamily}`
      ctx.textAlign = 'left'
      ctx.textBaseline = 'bottom'
      ctx.setLineDash([5 * px, 4 * px])
      limits(u, (a, b, y, high, v) => {
        const name = `${high ? 'max' : 'min'} ${v}`
        line(`M${a} ${y}H${b}`)
        named[name] ??= ctx.fillText(name, a + 4 * px, y - 3 * px) ?? 1
      })
      ctx.setLineDash([])
      for (const [from, to] of chart.alerts ?? []) {
        const a = across(u, from)
        ctx.globalAlpha = .09
        ctx.fillRect(a, top, across(u, to, left + width) - a, height)
        ctx.globalAlpha = .55
        line(`M${a} ${top}v${height}`)
        ctx.globalAlpha = 1
        ctx.beginPath()
        ctx.arc(a, top + 6 * px, 5 * px, 0, 7)
        ctx.fill()
      }
    }),
  }
}
