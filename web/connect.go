package web

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"furrow/views"
	"furrow/web/auth"
)

// connect explains how a sensor is connected.
func (s *Server) connect(c echo.Context) error {
	return s.show(c, http.StatusOK, views.ConnectPage(s.page(c, "Connect a sensor", "devices"), s.guide(c)))
}

// guide is the explanation, with the address filled in that devices can reach.
func (s *Server) guide(c echo.Context) views.ConnectGuide {
	return views.NewConnectGuide(s.connectInfo(c), s.simulatedFarm(c))
}

func (s *Server) simulatedFarm(c echo.Context) views.Simulated {
	return views.Simulated{Configure: viewer(c).Role.Can(auth.Configure), Running: s.o.Simulator.Running(), Exists: s.simulated()}
}

// connectInfo is where devices and programs find this Furrow, seen from the network that the request came
// by.
func (s *Server) connectInfo(c echo.Context) views.Connection {
	host, addresses := hostOnly(c.Request().Host), s.addresses()
	if addr, err := netip.ParseAddr(host); (err != nil || addr.IsLoopback()) && len(addresses) > 0 {
		host = addresses[0] // boards look up no names that the house made up
	}
	return views.Connection{Host: host, MQTTPort: s.o.Connect.MQTTPort, HTTPPort: s.o.Connect.HTTPPort, Addresses: addresses,
		Dashboard: "http://" + net.JoinHostPort(host, s.o.Connect.HTTPPort)}
}

func (s *Server) addresses() []string { return s.o.Connect.Addresses() }

// simulated reports whether there is a simulated farm, running or not.
func (s *Server) simulated() bool {
	for _, d := range s.o.Board.Devices() {
		if d.Simulated {
			return true
		}
	}
	for _, z := range s.o.Board.Zones() {
		if z.Simulated {
			return true
		}
	}
	return false
}

func (s *Server) startSimulated(c echo.Context) error {
	if err := s.o.Simulator.Start(c.Request().Context()); err != nil {
		return err
	}
	s.say(c, "The simulated farm runs. Remove it on the settings page when you have seen enough.")
	return done(c, "/")
}

func (s *Server) removeSimulated(c echo.Context) error {
	if err := s.o.Simulator.Remove(c.Request().Context()); err != nil {
		return err
	}
	s.say(c, "The simulated farm is removed, with all its readings.")
	return done(c, "/")
}
