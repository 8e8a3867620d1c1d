package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
)

// fakeResolver asks a name server at an address.
func fakeResolver(at string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", at)
	}}
}

// pastGuardOnlyFor connects to one address as if it were public.
func pastGuardOnlyFor(outside string, g *guard) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == outside {
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		}
		return g.dial(ctx, network, address)
	}
}

// trust lets a sender believe a test server's certificate.
func trust(s *Sender, server *httptest.Server) {
	s.roots = x509.NewCertPool()
	s.roots.AddCert(server.Certificate())
	s.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.roots, ServerName: "example.com"}
}

// redirectTo sends all connections of a sender to a test server, whatever name they are for.
func redirectTo(s *Sender, server *httptest.Server) {
	trust(s, server)
	s.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return s.dial(ctx, network, server.Listener.Addr().String())
	}
}
