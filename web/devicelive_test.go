package web

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"furrow/sensors"
)

// drawn is what a page lacks that was drawn at a version: ids in order, and all of the HTML.
func (s *stage) drawn(f *faces, since uint64, page string) (ids []string, html string) {
	s.t.Helper()
	c := &change{Delta: s.board.Since(since), since: since, faces: f}
	f.note(s.board.Since(f.seen), s.board.Counts().Unread)
	if err := s.server.draw(s.t.Context(), &watched{key: page}, c); err != nil {
		s.t.Fatal(err)
	}
	var b bytes.Buffer
	for _, fragment := range c.out {
		ids = append(ids, fragment.id)
		before := b.Len()
		if err := fragment.html.Render(s.t.Context(), &b); err != nil {
			s.t.Fatal(err)
		}
		if fragment.into == "" && !strings.Contains(b.String()[before:], `id="`+fragment.id+`"`) {
			s.t.Errorf("fragment %s does not hold the element of that id", fragment.id)
		}
	}
	slices.Sort(ids)
	return ids, b.String()
}

func TestAnUnknownDeviceAppearsOnOpenPages(t *testing.T) {
	s := newStage(t).settled()
	l := &faces{}
	at := s.board.Version()
	d := s.hear("farm/x", "temperature", 21.5, "farm/x", "21.5")
	ids, html := s.drawn(l, at, devicesKey)
	if want := []string{"device-list", "guide", "inbox", "new-count"}; !slices.Equal(ids, want) || !strings.Contains(html, "21.5") || !strings.Contains(html, "/adopt") {
		t.Errorf("a new device: got %v, want %v with its value and the form\n%.2000s", ids, want, html)
	}
	_, html = s.drawn(&faces{}, 0, devicesLookKey)
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
	l, page := &faces{}, deviceKey+d.ID.String()
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
	at = s.board.Version()
	if err := s.in.RemoveDevice(t.Context(), d.ID, false); err != nil {
		t.Fatal(err)
	}
	if ids, html = s.drawn(l, at, page); !slices.Contains(ids, "gone") || !strings.Contains(html, "was removed with all its readings") {
		t.Errorf("removed: got %v", ids)
	}
}
