package notify

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

// errPrivate says that a target is, or leads, where no target may be.
var errPrivate = errors.New("the address is on this machine or a local network; use a public one, or start Furrow with --allow-private-targets")

// notPublic are the networks that are refused beside those that netip itself can tell: what is not routed on
// the Internet by RFC 6890 and its registries, what carries another address inside, and clouds' metadata.
var notPublic = func() (nets []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "168.63.129.16/32", // the last is Azure's
		"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	} {
		nets = append(nets, netip.MustParsePrefix(p))
	}
	return nets
}()

var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// public reports whether an address may be connected to without --allow-private-targets.
func public(ip netip.Addr) bool {
	ip = ip.WithZone("").Unmap()
	if nat64.Contains(ip) { // how IPv4 is reached from a network that has only IPv6
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !ip.IsValid() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, net := range notPublic {
		if net.Contains(ip) {
			return false
		}
	}
	return true
}

// guard makes connections to public addresses only.
type guard struct {
	allowPrivate bool
	resolver     *net.Resolver // nil: the machine's own
}

// dial connects. The address is checked after the name was looked up and at the moment of connecting, so
// that a name that changes its address in between is refused too.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: timeLimit, Resolver: g.resolver, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		return g.allow(address)
	}}
	return d.DialContext(ctx, network, address)
}

// allow judges an address with its port, as it is about to be connected to.
func (g *guard) allow(address string) error {
	if g.allowPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil || !public(at.Addr()) {
		return errPrivate
	}
	return nil
}

// check judges a host name before anything is stored, so that its author is told at once. What cannot be
// looked up now is let through: dial has the last word.
func (g *guard) check(ctx context.Context, host string) error {
	if g.allowPrivate {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if !public(ip) {
			return errPrivate
		}
		return nil
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if last := name[strings.LastIndexByte(name, '.')+1:]; last == "localhost" || last == "" || last[0] >= '0' && last[0] <= '9' {
		return errPrivate // numbers are addresses in an unusual spelling: 2130706433, 0x7f.1
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	resolver := g.resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	ips, err := resolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(ips) == 0 {
		return nil
	}
	for _, ip := range ips {
		if public(ip) {
			return nil
		}
	}
	return errPrivate
}
