package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// How long a target may take for one step, and how much is read of its answer.
const (
	timeLimit    = 10 * time.Second
	answerLimit  = 4 << 10 // bytes
	maxRedirects = 3
	longestWait  = 30 * time.Minute // that a server may ask for
)

// Failure is why a channel did not take a message, in words that may be shown: no secrets, one line.
type Failure struct {
	Sentence string
	// Wait is how long the other side asked to be left alone, zero if it did not.
	Wait time.Duration
}

func (f *Failure) Error() string { return f.Sentence }

// newClient returns an HTTP client that connects through dial, follows at most three redirects and uses no
// proxy, whatever the environment says: a proxy would look names up behind the guard's back.
func newClient(dial func(context.Context, string, string) (net.Conn, error)) *http.Client {
	return &http.Client{
		Timeout:       timeLimit,
		CheckRedirect: checkRedirect,
		Transport: &http.Transport{
			DialContext: dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: timeLimit, ResponseHeaderTimeout: timeLimit, MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
		},
	}
}

var (
	errRedirects = errors.New("it was redirected more than three times; give the final address")
	errDowngrade = errors.New("it redirects from https to http; give an address that stays encrypted")
	errMethod    = errors.New("it redirects in a way that loses the message; give the final address")
)

// checkRedirect judges one more redirect; the address itself is judged when it is connected to.
func checkRedirect(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) > maxRedirects:
		return errRedirects
	case last.URL.Scheme == "https" && req.URL.Scheme != "https":
		return errDowngrade
	case req.Method != last.Method:
		return errMethod
	}
	req.Header.Del("Referer") // holds the address before, which may be a secret
	return nil
}

// do sends a request and returns nil for a yes, a *Failure otherwise.
func do(client *http.Client, req *http.Request, a address) error {
	req.Header.Set("User-Agent", "Furrow")
	answer, err := client.Do(req)
	if err != nil {
		return failure(err, a)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, answerLimit)) // what cannot be read is only missing from the error
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return nil
	}
	f := &Failure{Sentence: "it answered " + strconv.Itoa(answer.StatusCode) + " " + http.StatusText(answer.StatusCode)}
	if said := scrub(string(body), a); said != "" && !strings.HasPrefix(said, "<") {
		f.Sentence += ": " + said
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && seconds > 0 {
		f.Wait = min(time.Duration(seconds)*time.Second, longestWait)
	}
	return f
}

// failure turns an error of a connection into one that may be shown. A *url.Error holds the whole address,
// with its secrets, and is taken off.
func failure(err error, a address) error {
	var known *Failure
	var outer *url.Error
	var dns *net.DNSError
	var unverified *tls.CertificateVerificationError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, errPrivate):
		return &Failure{Sentence: errPrivate.Error()}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &Failure{Sentence: "there is no server named " + oneLine(dns.Name)}
	case errors.As(err, &unverified):
		return &Failure{Sentence: "its certificate is not good: " + scrub(unverified.Err.Error(), a)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return &Failure{Sentence: "it gave no answer in time"}
	}
	if errors.As(err, &outer) {
		if outer.Timeout() {
			return &Failure{Sentence: "it gave no answer in time"}
		}
		err = outer.Err
	}
	return &Failure{Sentence: scrub(err.Error(), a)}
}
