package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// privateDomains cannot belong to a stranger: names below them are given by the house's own router.
var privateDomains = []string{".local", ".localhost", ".lan", ".internal", ".home.arpa"}

// checkHost refuses names that are not this machine's. Without it a foreign page could make its own name
// point here and read the farm through its visitor's browser.
func (s *Server) checkHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.knowsHost(c.Request().Host) {
			return refusal{http.StatusMisdirectedRequest,
				"Furrow does not answer under this name. Use its address (such as http://192.168.1.10:8080), or start it with --public-url and this name."}
		}
		return next(c)
	}
}

func (s *Server) knowsHost(hostPort string) bool {
	host := strings.ToLower(strings.TrimSuffix(hostOnly(hostPort), "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	if host == "localhost" || s.o.HostName != "" && host == strings.ToLower(s.o.HostName) || host == s.publicHost() && host != "" {
		return true
	}
	for _, domain := range privateDomains {
		if strings.HasSuffix(host, domain) {
			return true
		}
	}
	return false
}

// publicHost is the name in the public URL, "" without one.
func (s *Server) publicHost() string {
	u, err := url.Parse(s.o.PublicURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// hostOnly takes the port off a Host header, and the brackets off an IPv6 address.
func hostOnly(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		return host
	}
	return strings.Trim(hostPort, "[]")
}

// encrypted reports whether the browser's connection is https, here or at the proxy that the public URL
// belongs to.
func (s *Server) encrypted(r *http.Request) bool {
	return r.TLS != nil ||
		strings.HasPrefix(s.o.PublicURL, "https://") && strings.EqualFold(hostOnly(r.Host), s.publicHost())
}
