// Numbers and times as the people of the farm write them, whatever this browser's own habits are.

const day = 86400

// formats returns the chart's writers: data has unit, decimals, least, zone, clock (12 or 24), and for
// switches words.
export function formats({ unit, decimals, least, floor, zone, clock, words }) {
  const format = (options) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
  const plain = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const weekday = format({ weekday: 'short', day: 'numeric' }), date = format({ day: 'numeric', month: 'short' })
  const month = format({ month: 'short' }), year = format({ year: 'numeric' }), full = format({ day: 'numeric', month: 'short', year: 'numeric' })
  const names = words?.split(',')
  const number = (v, places = +decimals) => Object.is(+v.toFixed(places), -0) ? (0).toFixed(places) : v.toFixed(places)
  const join = (text) => (unit ? `${text} ${unit}` : text)

  // time turns 15:04 into 3:04 pm where people read it so.
  const time = (text) => {
    if (clock !== '12') return text
    const [hour, ...rest] = text.split(':')
    return `${hour % 12 || 12}:${rest.join(':')} ${hour < 12 ? 'am' : 'pm'}`
  }

  return {
    words: names,
    value: (v) => (names ? names[v < .5 ? 0 : 1] : join(number(v))),
    between: (lo, hi) => (names ? '' : join(`${number(lo)} – ${number(hi)}`)),
    label: (v, all) => (names ? names[v] ?? '' : number(v, places(all))),

    when(t, step) {
      const at = new Date(t * 1000)
      if (step >= day) return full.format(at)
      return `${weekday.format(at)} ${month.format(at)}, ${time((step < 60 ? seconds : plain).format(at))}`
    },

    // tick is a mark of the time axis: midnight bears the name of the day, the new year its number.
    tick(t, step) {
      const at = new Date(t * 1000)
      if (step >= 28 * day) return month.format(at) === 'Jan' ? year.format(at) : month.format(at)
      if (step >= day) return date.format(at)
      const text = plain.format(at)
      if (text === '00:00') return weekday.format(at)
      return step < 60 ? time(seconds.format(at)) : time(text).replace(':00 ', ' ')
    },

    // span is the range of the value axis: a little air around the values, and never so narrow that noise
    // looks like weather. Limits that lie near are in it.
    span(low, high, limits = []) {
      if (names) return [-.08, 1.15]
      if (low == null) return [0, 1]
      const room = Math.max(high - low, +least), near = limits.flatMap(([, , min, max]) => [min, max]).filter((v) => v != null && v >= low - room && v <= high + room)
      low = Math.min(low, ...near)
      high = Math.max(high, ...near)
      const lack = Math.max(0, +least - (high - low)) / 2
      const air = (high - low + 2 * lack) * .07
      const bottom = low - lack - air
      return [floor !== undefined && low >= +floor ? Math.max(+floor, bottom) : bottom, high + lack + air]
    },
  }
}

// places is how many decimals tell the marks of an axis apart.
function places(marks) {
  const step = marks.length > 1 ? marks[1] - marks[0] : 1
  return Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9)))
}
