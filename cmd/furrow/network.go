package main

import (
	"net"
	"net/netip"
	"slices"
)

// addressesOf returns the addresses under which other machines reach a listener: all of this machine's, or
// the one that it is bound to, or none.
func addressesOf(listener net.Addr) []string {
	host, _, err := net.SplitHostPort(listener.String())
	if err != nil {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil || ip.IsLoopback():
		return nil
	case ip.IsUnspecified():
		return lanAddresses()
	}
	return []string{ip.String()}
}

// lanAddresses returns the addresses under which other machines in the house can reach this one, private
// IPv4 first. Failure gives none: they are only shown to people.
func lanAddresses() []string {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var addrs []netip.Addr
	for _, a := range found {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		if addr := prefix.Addr().Unmap(); addr.IsGlobalUnicast() {
			addrs = append(addrs, addr)
		}
	}
	rank := func(a netip.Addr) int {
		switch {
		case a.Is4() && a.IsPrivate():
			return 0
		case a.Is4():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	var out []string
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}

// reachable is a listener's address as people on another computer can type it, "" when they cannot reach it.
func reachable(listener net.Addr) string {
	hosts := addressesOf(listener)
	if len(hosts) == 0 {
		return ""
	}
	return net.JoinHostPort(hosts[0], port(listener))
}

// local is a listener's address as it works on this machine: an unspecified host becomes 127.0.0.1.
func local(listener net.Addr) string {
	host, port, err := net.SplitHostPort(listener.String())
	if err != nil {
		return listener.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// port is a listener's port.
func port(listener net.Addr) string {
	_, port, err := net.SplitHostPort(listener.String())
	if err != nil {
		return ""
	}
	return port
}
