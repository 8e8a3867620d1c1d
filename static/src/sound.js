// The sound of a new alert, for who asked for it on this device.

let audio

export const armed = () => localStorage.sound === 'on'

export function arm(on) {
  localStorage.sound = on ? 'on' : 'off'
}

// chime plays three short tones. Browsers play nothing before somebody has touched the page; then it is mute.
export function chime() {
  audio ??= new AudioContext()
  audio.resume()
  for (const [i, pitch] of [880, 660, 880].entries()) {
    const tone = new OscillatorNode(audio, { frequency: pitch }), gain = new GainNode(audio, { gain: .2 }), at = audio.currentTime + i * .25
    tone.connect(gain).connect(audio.destination)
    tone.start(at)
    tone.stop(at + .18)
  }
}

// heed chimes when an alert fires that is newer than those before.
let newest = 0
export function heed(first) {
  const now = +document.getElementById('alert-count')?.dataset.newest || 0
  if (now > newest && !first && armed()) chime()
  newest = Math.max(newest, now)
}
heed(true)
