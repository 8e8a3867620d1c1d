package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"furrow/sensors"
)

// drawn is what one change sends to a page: ids in order, and all of the HTML.
func (s *stage) drawn(l *deviceLive, since uint64, page string) (ids []string, html string) {
	s.t.Helper()
	found, err := l.fragments(s.t.Context(), s.board.Since(since), func(p string) bool { return p == page })
	if err != nil {
		s.t.Fatal(err)
	}
	var b bytes.Buffer
	for _, f := range found {
		if f.page != page {
			s.t.Errorf("fragment %s is for %s, want only %s", f.id, f.page, page)
		}
		ids = append(ids, f.id)
		before := b.Len()
		if err := f.html.Render(s.t.Context(), &b); err != nil {
			s.t.Fatal(err)
		}
		if !strings.Contains(b.String()[before:], `id="`+f.id+`"`) {
			s.t.Errorf("fragment %s does not hold the element of that id", f.id)
		}
	}
	slices.Sort(ids)
	return ids, b.String()
}

func TestAnUnknownDeviceAppearsOnOpenPages(t *testing.T) {
	s := newStage(t).settled()
	l := newDeviceLive(s.server)
	at := s.board.Version()
	d := s.hear("farm/x", "temperature", 21.5, "farm/x", "21.5")
	ids, html := s.drawn(l, at, devicesKey)
	if want := []string{"device-list", "inbox"}; !slices.Equal(ids, want) || !strings.Contains(html, "21.5") || !strings.Contains(html, "/adopt") {
		t.Errorf("a new device: got %v, want %v with its value and the form\n%.2000s", ids, want, html)
	}
	_, html = s.drawn(newDeviceLive(s.server), 0, devicesLookKey)
	if !strings.Contains(html, "21.5") || strings.Contains(html, "/adopt") {
		t.Errorf("for who may only look: %.2000s", html)
	}

	at = s.board.Version()
	s.hear("farm/x", "temperature", 22.5, "farm/x", "22.5")
	id := d.ID.String()
	sensor := s.board.SensorsOf(d.ID)[0].ID.String()
	ids, html = s.drawn(l, at, devicesKey)
	if !slices.Contains(ids, "value-row-"+sensor) || slices.Contains(ids, "inbox") || !strings.Contains(html, "22.5") {
		t.Errorf("another value: got %v, want the row alone", ids)
	}

	at = s.board.Version()
	if _, err := s.in.AdoptDevice(t.Context(), d.ID, sensors.Adoption{Name: "X", ZoneName: "Barn"}); err != nil {
		t.Fatal(err)
	}
	if ids, html = s.drawn(l, at, devicesKey); !slices.Contains(ids, "inbox") || !strings.Contains(html, "Nothing new.") || !strings.Contains(html, `id="device-`+id+`"`) {
		t.Errorf("adopted: got %v\n%.2000s", ids, html)
	}
	at = s.board.Version()
	s.hear("farm/x", "temperature", 23.5, "farm/x", "23.5")
	if ids, _ = s.drawn(l, at, devicesKey); !slices.Contains(ids, "brief-"+sensor) || slices.Contains(ids, "device-list") {
		t.Errorf("a value of an adopted device: got %v", ids)
	}
}

func TestADevicesPageFollows(t *testing.T) {
	s := newStage(t).settled()
	d := s.hear("farm/x", "temperature", 21.5, "farm/x", "21.5")
	l, page := newDeviceLive(s.server), deviceKey+d.ID.String()
	at := s.board.Version()
	s.hear("farm/x", "humidity", 60, "farm/x", "60 percent")
	ids, html := s.drawn(l, at, page)
	if !slices.Contains(ids, "device-values") || !strings.Contains(html, "Humidity") {
		t.Errorf("a new sensor: got %v", ids)
	}
	at = s.board.Version()
	if _, err := s.in.EditDevice(t.Context(), d.ID, sensors.DeviceEdit{Name: new("Well")}); err != nil {
		t.Fatal(err)
	}
	ids, html = s.drawn(l, at, page)
	if !slices.Contains(ids, "device-head-"+d.ID.String()) || !slices.Contains(ids, "device-messages") || !strings.Contains(html, "60 percent") {
		t.Errorf("renamed: got %v", ids)
	}
	if ids, _ := s.drawn(l, 0, deviceKey+"999"); len(ids) != 0 {
		t.Errorf("a page nobody has open: got %v", ids)
	}
}
