package notify

import (
	"encoding/json"
	"net/mail"
	"net/url"
	"regexp"
	"strings"

	webpush "github.com/SherClockHolmes/webpush-go"
)

var (
	ntfyTopic   = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)
	botToken    = regexp.MustCompile(`^[0-9]{3,20}:[-_A-Za-z0-9]{20,80}$`)
	chatID      = regexp.MustCompile(`^(-?[0-9]{1,20}|@[A-Za-z0-9_]{4,40})$`)
	pushoverKey = regexp.MustCompile(`^[A-Za-z0-9]{30}$`)
	phone       = regexp.MustCompile(`^\+[0-9]{6,15}$`)
	twilioSID   = regexp.MustCompile(`^AC[0-9a-f]{32}$`)
	matrixRoom  = regexp.MustCompile(`^![^/\s]{1,250}$`)
)

func readEmail(target string) (address, bool) {
	a, err := mail.ParseAddress(target)
	return address{to: addrOf(a)}, err == nil
}

func addrOf(a *mail.Address) string {
	if a == nil {
		return ""
	}
	return a.Address
}

// readURL reads an absolute address with a host and, if secure, https.
func readURL(target string, secure bool) (*url.URL, bool) {
	u, err := url.Parse(target)
	if err != nil || u.Hostname() == "" || u.Opaque != "" || u.Scheme != "https" && (secure || u.Scheme != "http") {
		return nil, false
	}
	return u, true
}

func readHTTPS(target string) (address, bool) {
	u, ok := readURL(target, true)
	return address{url: target}, ok && u.User == nil
}

// readHTTP also takes a user and password, which go into the Authorization header.
func readHTTP(target string) (address, bool) {
	u, ok := readURL(target, false)
	if !ok {
		return address{}, false
	}
	return withoutUser(u), true
}

// withoutUser moves the user and password of an address to where they are not shown.
func withoutUser(u *url.URL) address {
	a := address{user: u.User.Username()}
	a.secret, _ = u.User.Password()
	bare := *u
	bare.User = nil
	a.url = bare.String()
	return a
}

// readNtfy reads a bare topic of ntfy.sh, or an address with an optional token, or user and password.
func readNtfy(target string) (address, bool) {
	if ntfyTopic.MatchString(target) {
		return address{url: "https://ntfy.sh/", to: target}, true
	}
	u, ok := readURL(target, false)
	if !ok {
		return address{}, false
	}
	a := withoutUser(u)
	if a.secret == "" {
		a.user, a.secret = "", a.user
	}
	server, topic := cutLast(u.Path, "/")
	a.to = topic
	a.url = u.Scheme + "://" + u.Host + server + "/"
	return a, ntfyTopic.MatchString(topic) && u.RawQuery == ""
}

func readTelegram(target string) (address, bool) {
	token, chat, _ := strings.Cut(target, "@")
	return address{secret: token, to: chat}, botToken.MatchString(token) && chatID.MatchString(chat)
}

func readPushover(target string) (address, bool) {
	token, user, _ := strings.Cut(target, "@")
	return address{secret: token, to: user}, pushoverKey.MatchString(token) && pushoverKey.MatchString(user)
}

func readTwilio(target string) (address, bool) {
	account, numbers, _ := strings.Cut(target, "@")
	sid, token, _ := strings.Cut(account, ":")
	from, to, _ := strings.Cut(numbers, "/")
	return address{user: sid, secret: token, from: from, to: to},
		twilioSID.MatchString(sid) && token != "" && phone.MatchString(from) && phone.MatchString(to)
}

func readSignal(target string) (address, bool) {
	rest, to := cutLast(target, "/")
	server, from := cutLast(rest, "/")
	u, ok := readURL(server, false)
	if !ok || !phone.MatchString(from) || !phone.MatchString(to) {
		return address{}, false
	}
	a := withoutUser(u)
	a.from, a.to = from, to
	return a, true
}

func readMatrix(target string) (address, bool) {
	u, ok := readURL(target, true)
	if !ok {
		return address{}, false
	}
	room := strings.TrimPrefix(u.Path, "/")
	return address{url: "https://" + u.Host, secret: u.User.Username(), to: room},
		u.User.Username() != "" && matrixRoom.MatchString(room)
}

func readGotify(target string) (address, bool) {
	u, ok := readURL(target, false)
	if !ok || u.User.Username() == "" {
		return address{}, false
	}
	a := withoutUser(u)
	a.user, a.secret = "", u.User.Username()
	a.url = strings.TrimSuffix(a.url, "/")
	return a, true
}

func readWebPush(target string) (address, bool) {
	var s webpush.Subscription
	if json.Unmarshal([]byte(target), &s) != nil || s.Keys.Auth == "" || s.Keys.P256dh == "" {
		return address{}, false
	}
	_, ok := readURL(s.Endpoint, false)
	return address{url: s.Endpoint, user: s.Keys.P256dh, secret: s.Keys.Auth}, ok
}

// readMQTT reads "topic", "topic on" or "topic on off".
func readMQTT(target string) (address, bool) {
	words := strings.Fields(target)
	topic := words[0]
	if len(words) > 3 || len(topic) > 200 || strings.ContainsAny(topic, "+#") || strings.HasPrefix(topic, "$") {
		return address{}, false
	}
	words = append(words[1:], "ON", "OFF")[:2]
	if len(strings.Fields(target)) == 2 {
		words[1] = "OFF"
	}
	return address{to: topic, user: words[0], from: words[1]}, true
}

func cutLast(text, sep string) (before, after string) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return "", text
	}
	return text[:i], text[i+len(sep):]
}
