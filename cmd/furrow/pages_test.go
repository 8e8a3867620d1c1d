package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestInARealBrowser is a first day with Furrow: the set-up, the first sensor, its values as they come, a
// restart, and every page by day and night on a phone and a computer.
func TestInARealBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	b := chromium(t, s)
	b.size(phone, "light")
	firstVisit(b)
	device := dial(t, s, "t1", "", "")
	firstSensor(b, device)
	liveValues(b, device)
	s, device = restart(b, s, device)
	ruleAndAlert(b, device)
	everyPage(b)
	signOut(b)
	_ = device.conn.Close()
	if status := s.stop(); status != 0 {
		t.Errorf("exit status: got %d, want 0: %s", status, s.stderr)
	}
}

func firstVisit(b *screen) {
	b.t.Helper()
	b.open("/")
	b.sees("h1", "Welcome to Furrow")
	b.accessible("set-up")
	b.click("button.primary")
	b.sees(".wrong", "Give the farm a name.")
	b.accessible("set-up with mistakes")
	b.fill("input[name=name]", "Ada", "input[name=email]", "ada@farm.example", "input[name=password]", ownerPassword,
		"input[name=farm_name]", "Hillside", "#farm_time_zone", "Europe/Amsterdam")
	b.click("button.primary")
	b.sees("h1", "Welcome")
	b.sees("main", "mosquitto_pub")
	b.live()
	b.accessible("overview of an empty farm")
}

// firstSensor lets a device appear in an open inbox and adopts it into a new zone.
func firstSensor(b *screen, device *mqttClient) {
	b.t.Helper()
	b.open("/devices")
	b.live()
	device.publish("farm/House 1/t1", `{"temperature":21.4,"humidity":61}`, 1)
	b.sees(".device-card", "21.4")
	b.sees("#new-count", "1")
	b.accessible("inbox")
	b.fill(".device-card input[name=name]", "Probe 1", ".device-card input[name=zone]", "House 1")
	// What is typed stays while values come in.
	device.publish("farm/House 1/t1", `{"temperature":21.9,"humidity":61}`, 1)
	b.sees(".device-card", "21.9")
	if typed := b.eval("document.querySelector('.device-card input[name=name]').value"); typed != "Probe 1" {
		b.t.Errorf("what was typed became %q when a value came in", typed)
	}
	b.click(".device-card button.primary")
	b.sees("#device-list", "Probe 1")
	b.until("the inbox is empty", "document.querySelector('#new-count').hidden && !document.querySelector('.device-card')")
}

// liveValues watches values arrive on the overview and on a chart, without the page being loaded again.
func liveValues(b *screen, device *mqttClient) {
	b.t.Helper()
	b.open("/")
	b.live()
	b.sees(".zone", "21.9")
	b.eval("document.body.dataset.same = 'yes'")
	device.publish("farm/House 1/t1", `{"temperature":23.6,"humidity":58}`, 1)
	b.sees(".zone .hero", "23.6")
	if b.eval("document.body.dataset.same") != "yes" {
		b.t.Error("the overview was loaded again to show a new value")
	}
	b.click(".zone .hero")
	b.sees("h1", "Air temperature")
	b.until("the chart is drawn", "document.querySelector('live-chart[ready] canvas')")
	b.live()
	before := b.eval("document.querySelector('live-chart').data[0].length")
	device.publish("farm/House 1/t1", `{"temperature":24.8,"humidity":57}`, 1)
	b.sees(".now", "24.8")
	b.until("the chart has the new reading", "document.querySelector('live-chart').data[1].at(-1) === 24.8")
	if before == "0" {
		b.t.Error("the chart began without the history")
	}
	b.click("a[aria-label*='7 days'], .ranges a:nth-child(3)")
	b.until("the week is shown", "document.querySelector('.ranges [aria-current=true]').innerText.includes('7 d')")
	b.open("/")
	b.live()
}

// restart kills furrow under an open page. The page says that it is not live, and comes back by itself with
// what happened meanwhile.
func restart(b *screen, s *server, device *mqttClient) (*server, *mqttClient) {
	b.t.Helper()
	b.eval("document.body.dataset.same = 'yes'")
	s.kill()
	b.until("the page says that it is not live", "document.documentElement.dataset.live === 'off'")
	b.sees(".live", "Reconnecting")
	_ = device.conn.Close()
	again := launch(b.t, s.dir, command(b.t, "serve", "--data", s.dir, "--http", s.http, "--mqtt", s.mqtt))
	device = dial(b.t, again, "t1", "", "")
	device.publish("farm/House 1/t1", `{"temperature":19.3,"humidity":70}`, 1)
	b.sees(".zone .hero", "19.3")
	b.live()
	if b.eval("document.body.dataset.same") != "yes" {
		b.t.Error("the page was loaded again to come back")
	}
	return again, device
}

// ruleAndAlert makes a rule as a sentence, sees what it would have done, breaks it, and answers the alert.
func ruleAndAlert(b *screen, device *mqttClient) {
	b.t.Helper()
	b.open("/rules/new")
	b.live()
	b.choose("select[name=metric]", "temperature")
	b.choose("select[name=hold]", "0s")
	b.fill("input[name=limit]", "24")
	b.sees("#preview", "would have fired") // while it is typed: 24.8 °C was measured today
	b.accessible("a rule with its preview")
	b.click(".form-end button.primary")
	b.sees("main", "above 24")
	b.open("/")
	b.live()
	device.publish("farm/House 1/t1", `{"temperature":31.5,"humidity":40}`, 1)
	b.sees(".alarm, .needs", "31.5")
	b.until("the badge counts it", "[...document.querySelectorAll('.tabs b')].some(e => e.checkVisibility() && e.innerText.includes('1'))")
	b.accessible("overview while an alert fires")
	b.click("button.got-it")
	b.sees("h1", "Nothing new") // seen is not solved
	device.publish("farm/House 1/t1", `{"temperature":20.5,"humidity":60}`, 1)
	b.sees("h1", "All is well")
}

// everyPage checks all pages on a phone by day and on a computer by night, and the ones that are looked at most
// the other way round too.
func everyPage(b *screen) {
	b.t.Helper()
	zone, sensor := b.eval("document.querySelector('.zone h2 a').pathname"), b.eval("document.querySelector('.hero').pathname")
	b.open("/devices")
	device := b.eval("document.querySelector('#device-list a[href^=\"/devices/\"]').pathname")
	most := []string{"/", zone, sensor, device}
	all := append(most, sensor+"?range=custom", "/devices", "/connect", "/account", "/settings", "/settings/farm", "/settings/zones",
		"/settings/people", "/settings/tokens", "/alerts", "/alerts/history", "/rules", "/rules/new", "/settings/recipients",
		"/settings/mail", "/settings/drill", "/no-such-page")
	for _, look := range []struct {
		window [2]int64
		scheme string
		pages  []string
	}{{phone, "light", all}, {desktop, "dark", all}, {phone, "dark", most}, {desktop, "light", most}} {
		b.size(look.window, look.scheme)
		for _, page := range look.pages {
			b.open(page)
			if strings.HasPrefix(page, "/sensors/") {
				b.until("the chart is drawn", "document.querySelector('live-chart[ready] canvas, .nothing')")
			}
			b.accessible(fmt.Sprintf("%s, %s, %d px", page, look.scheme, look.window[0]))
		}
	}
}

func signOut(b *screen) {
	b.t.Helper()
	b.open("/account")
	b.click("form[action='/sign-out'] button")
	b.sees("button.primary", "Sign in")
	b.accessible("sign-in")
	b.fill("input[name=email]", "ada@farm.example", "input[name=password]", "something else")
	b.click("button.primary")
	b.sees(".wrong, [role=alert]", "password")
	b.fill("input[name=password]", ownerPassword)
	b.click("button.primary")
	b.sees(".tabs", "Overview")
}
