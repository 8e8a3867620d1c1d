package notify

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"furrow/sensors"
)

// Redact returns what may be shown and logged of a target: enough to tell it from others, nothing that lets
// anybody send or read with it.
func Redact(kind, target string) string {
	a, err := read(sensors.Channel{Kind: kind, Target: target})
	if err != nil {
		return "…"
	}
	switch kind {
	case "email":
		name, domain := cutLast(a.to, "@")
		_, first := utf8.DecodeRuneInString(name)
		return name[:first] + "…@" + domain
	case "mqtt":
		return a.to
	case "telegram":
		return "chat " + a.to
	case "pushover", "sms":
		return "…" + a.to[len(a.to)-4:]
	case "signal":
		return hostOf(a.url) + " …" + a.to[len(a.to)-4:]
	}
	return hostOf(a.url) + "/…"
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "…"
	}
	return u.Host
}

// scrub takes out of foreign text, such as a server's answer, whatever of the target is secret, and makes it
// one short printable line.
func scrub(text string, a address) string {
	secrets := []string{a.secret, a.user, a.url}
	if u, err := url.Parse(a.url); err == nil {
		secrets = append(secrets, u.RawQuery, u.Path)
		secrets = append(secrets, strings.Split(u.Path, "/")...)
	}
	for _, s := range secrets {
		if len(s) >= 6 {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return clip(oneLine(text), 200)
}

// oneLine replaces line breaks and runs of space by one space and takes out what cannot be printed.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case isControl(r), r >= 0x80 && r < 0xa0, r == 0x2028, r == 0x2029:
			return ' '
		case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff:
			return -1 // reorders or hides what is shown
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// clip cuts text to at most so many characters, and says so by an ellipsis.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}
