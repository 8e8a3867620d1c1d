package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screen is a real browser's window on a running furrow.
type screen struct {
	t    testing.TB
	ctx  context.Context
	base string // of addresses: http://127.0.0.1:8080
	axe  string // the accessibility checker's script
}

// Sizes of windows: a phone's, and a computer's.
var (
	phone   = [2]int64{390, 844}
	desktop = [2]int64{1440, 900}
)

// chromium opens a window with a profile of its own. Without a browser the test is skipped, but not where it
// must run.
func chromium(t testing.TB, s *server) *screen {
	t.Helper()
	path := browserPath()
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no Chromium or Chrome on this machine")
		}
		t.Skip("there is no Chromium or Chrome on this machine; `go tool task test` installs one")
	}
	axe, err := os.ReadFile("../../static/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("the accessibility checker is missing; `go tool task generate` fetches it: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*hang)
	t.Cleanup(cancel)
	// Without these flags the browser asks its maker's servers for things that the test does not need.
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithAllocatorOptions(chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(int(desktop[0]), int(desktop[1]))))
	t.Cleanup(cancel)
	return &screen{t, ctx, "http://" + s.http, string(axe)}
}

// browserPath finds the browser that the test command installed, or one that was there.
func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", os.Getenv("PROGRAMFILES") + "/Google/Chrome/Application/chrome.exe"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// open goes to a page.
func (b *screen) open(path string) {
	b.t.Helper()
	b.do("opening "+path, chromedp.Navigate(b.base+path))
}

// size makes the window a phone's or a computer's, and looks at it by day or by night. Pages do not fade into
// each other, because a click in the middle of that is lost.
func (b *screen) size(window [2]int64, scheme string) {
	b.t.Helper()
	b.do("sizing the window", chromedp.EmulateViewport(window[0], window[1]), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// eval returns what a JavaScript expression comes to, as text.
func (b *screen) eval(expression string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("(async () => String(await ("+expression+")))()", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// until waits for what an expression says about the page to be true. It asks again and again, for a page that
// is being left cannot answer.
func (b *screen) until(what, expression string) {
	b.t.Helper()
	ask := time.NewTicker(50 * time.Millisecond)
	defer ask.Stop()
	late := time.After(hang)
	for {
		holds, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && holds {
			return
		}
		select {
		case <-ask.C:
		case <-late:
			b.t.Fatalf("%s: %v\nthe page %s shows: %.1500s", what, err, b.eval("location.href"), b.eval("document.body.innerText"))
		case <-b.ctx.Done():
			b.t.Fatalf("%s: %v", what, b.ctx.Err())
		}
	}
}

// sees waits until a text stands in the element that a selector names.
func (b *screen) sees(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s with %q", selector, text), fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && e.innerText.includes(%q))", selector, text))
}

// fill types into fields, given as selector, text, selector, text, …
func (b *screen) fill(pairs ...string) {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		b.eval(fmt.Sprintf("document.querySelector(%q).value = ''", pairs[i]))
		b.do("typing into "+pairs[i], chromedp.SendKeys(chromedp.CSS(pairs[i]), pairs[i+1]))
		if typed := b.eval(fmt.Sprintf("document.querySelector(%q).value", pairs[i])); typed != pairs[i+1] {
			b.t.Fatalf("typing %q into %s left %q there", pairs[i+1], pairs[i], typed)
		}
	}
}

// choose takes one of the choices of a list, as somebody would.
func (b *screen) choose(selector, value string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("(() => { const s = document.querySelector(%q); s.value = %q; s.dispatchEvent(new Event('change', {bubbles: true})); return s.value })()", selector, value))
}

func (b *screen) click(selector string) {
	b.t.Helper()
	b.do("clicking "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// live waits until the page says that it is current.
func (b *screen) live() {
	b.t.Helper()
	b.until("the page is live", "document.documentElement.dataset.live === 'on'")
}

// accessible runs every rule of the accessibility checker on the page and reports what it finds, and that
// nothing is wider than the window.
func (b *screen) accessible(name string) {
	b.t.Helper()
	if found := b.eval(`document.documentElement.scrollWidth > innerWidth ? document.documentElement.scrollWidth + " px in " + innerWidth : ""`); found != "" {
		b.t.Errorf("%s is wider than the window: %s", name, found)
	}
	found := b.eval("(async () => { " + b.axe + "\n; const r = await axe.run({resultTypes: ['violations']}); " +
		`return r.violations.map(v => v.id + ": " + v.help + "\n" + v.nodes.slice(0, 3).map(n => "  " + n.html.slice(0, 200) + "\n  " + n.failureSummary).join("\n")).join("\n") })()`)
	if strings.TrimSpace(found) != "" {
		b.t.Errorf("%s:\n%s", name, found)
	}
}
