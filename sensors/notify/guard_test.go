package notify

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"furrow/sensors"
)

func TestPublicAddresses(t *testing.T) {
	for _, ip := range []string{"8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "::ffff:8.8.8.8", "64:ff9b::808:808"} {
		if !public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is refused", ip)
		}
	}
	for _, ip := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
		"100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::ffff:0.1.2.3",
		"::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1",
	} {
		if public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is let through", ip)
		}
	}
}

// names is a name server on this machine that gives each name its addresses in turn, the last for ever.
type names struct {
	answers map[string][]string
	asked   map[string]int
}

func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.asked = map[string]int{}
	ended := make(chan struct{})
	t.Cleanup(func() { _ = conn.Close(); <-ended })
	go func() {
		defer close(ended)
		b := make([]byte, 2048)
		for {
			size, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(n.answer(b[:size]), from)
		}
	}()
	return fakeResolver(conn.LocalAddr().String())
}

func (n *names) answer(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	name := strings.TrimSuffix(q.Name.String(), ".")
	ips := n.answers[name]
	if ips == nil {
		m.RCode = dnsmessage.RCodeNameError
	}
	if q.Type == dnsmessage.TypeA && len(ips) > 0 {
		ip := netip.MustParseAddr(ips[min(n.asked[name], len(ips)-1)])
		n.asked[name]++
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body: &dnsmessage.AResource{A: ip.As4()}}}
	}
	b, _ := m.Pack()
	return b
}

// secretServer counts what reaches this machine and redirects to where it is told.
func secretServer(t *testing.T) (server *httptest.Server, hits *atomic.Int64) {
	hits = &atomic.Int64{}
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(server.Close)
	return server, hits
}

func TestTargetsInsideAreRefused(t *testing.T) {
	server, hits := secretServer(t)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	n := &names{answers: map[string][]string{"inside.example.com": {"127.0.0.1"}, "rebinding.example.com": {"93.184.216.34", "127.0.0.1"}}}
	s := NewSender(Options{})
	s.guard.resolver = n.resolver(t)
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
		"0", "0.0.0.0", "localhost", "farm.localhost", "LOCALHOST.", "169.254.169.254", "[fd00:ec2::254]", "10.0.0.1", "inside.example.com"} {
		c := sensors.Channel{Kind: "webhook", Target: "http://" + host + ":" + port + "/"}
		var bad sensors.Invalid
		if err := s.Check(t.Context(), c); !errors.As(err, &bad) || bad["target"] == "" {
			t.Errorf("%s may be stored: %v", c.Target, err)
		}
		if err := s.Send(t.Context(), c, Message{}); err == nil {
			t.Errorf("%s is sent to", c.Target)
		}
	}
	rebinding := sensors.Channel{Kind: "webhook", Target: "http://rebinding.example.com:" + port + "/"}
	if err := s.Check(t.Context(), rebinding); err != nil {
		t.Errorf("the name is refused while it is public: %v", err)
	}
	if err := s.Send(t.Context(), rebinding, Message{}); err == nil || !strings.Contains(err.Error(), errPrivate.Error()) {
		t.Errorf("the name that changed its address: %v, want that it is refused", err)
	}
	if got := hits.Load(); got != 0 {
		t.Errorf("%d requests came through", got)
	}
}

func TestRedirects(t *testing.T) {
	inside, hits := secretServer(t)
	// outside stands for a public server: it is reached past the guard, what it redirects to is not.
	var status int
	var to string
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }))
	t.Cleanup(outside.Close)
	for _, tc := range []struct {
		name, to string
		status   int
		want     string
	}{
		{"this machine", inside.URL, 307, errPrivate.Error()},
		{"this machine, kept", inside.URL, 308, errPrivate.Error()},
		{"metadata", "http://169.254.169.254/latest/meta-data/", 307, errPrivate.Error()},
		{"IPv6", "http://[::1]/", 307, errPrivate.Error()},
		{"a number", "http://2130706433/", 307, ""},
		{"a GET loses the message", "https://example.com/", 302, errMethod.Error()},
		{"round and round", "/again", 307, errRedirects.Error()},
		{"a file", "file:///etc/passwd", 307, "unsupported protocol"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := NewSender(Options{})
			s.client = newClient(pastGuardOnlyFor(outside.Listener.Addr().String(), s.guard))
			to, status = tc.to, tc.status
			err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: outside.URL + "/s3cr3tpath"}, Message{})
			if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "s3cr3tpath") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	if got := hits.Load(); got != 0 {
		t.Errorf("%d requests came through", got)
	}
}

func TestDowngradeIsRefusedAndSecretPathsStay(t *testing.T) {
	var referer string
	plain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { referer = r.Referer() }))
	t.Cleanup(plain.Close)
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(secure.Close)
	s := NewSender(Options{AllowPrivate: true})
	trust(s, secure)
	if err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: secure.URL}, Message{}); err == nil || !strings.Contains(err.Error(), errDowngrade.Error()) {
		t.Errorf("got %v, want %v", err, errDowngrade)
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(front.Close)
	if err := s.Send(t.Context(), sensors.Channel{Kind: "webhook", Target: front.URL + "/s3cr3tpath"}, Message{}); err != nil || referer != "" {
		t.Errorf("got %v and the referer %q, want none", err, referer)
	}
}

func TestProxyOfTheEnvironmentIsNotUsed(t *testing.T) {
	s := NewSender(Options{})
	if proxy := s.client.Transport.(*http.Transport).Proxy; proxy != nil {
		t.Error("the client asks for a proxy, which would look names up past the guard")
	}
}
