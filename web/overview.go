package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/sensors/live"
	"furrow/views"
	"furrow/web/auth"
)

// overviewKey names the page in the address of its socket.
const overviewKey = "overview"

// overview shows the farm: what needs somebody, and a card for each zone.
func (s *Server) overview(c echo.Context) error {
	page := s.livePage(c, "Overview", "overview", overviewKey)
	sc := s.scene()
	cards, err := sc.cards(c.Request().Context())
	if err != nil {
		return err
	}
	model := views.Overview{Page: page, Attention: sc.attention(viewer(c).Role.Can(auth.Operate)), Cards: cards}
	if !sc.heard {
		guide := s.guide(c)
		model.Guide = &guide
	}
	model.Lean = model.Guide == nil && model.Note.Sentence == ""
	return s.show(c, http.StatusOK, views.OverviewPage(model))
}

// leading are the metrics that say most about a kind of zone; the first one there is stands large on its
// card, the next three below.
var leading = map[sensors.ZoneKind][]sensors.MetricID{
	"greenhouse": {"temperature", "humidity", "soil_moisture", "co2", "vpd"},
	"field":      {"soil_moisture", "soil_temperature", "rain_day", "temperature", "wind_speed"},
	"orchard":    {"temperature", "leaf_wetness", "humidity", "wind_speed", "soil_moisture"},
	"barn":       {"temperature", "humidity", "nh3", "co2"},
	"store":      {"temperature", "humidity", "co2", "contact"},
	"other":      {"water_level", "temperature", "humidity", "flow_rate", "line_pressure"},
}

// chosen picks the sensors that stand on a zone's card: one of each metric while there are enough, and what
// tells about devices rather than the farm only when there is nothing else.
func chosen(kind sensors.ZoneKind, states []live.SensorState) []live.SensorState {
	first := leading[kind]
	place := func(state live.SensorState) int {
		at := slices.Index(first, state.Metric)
		if at < 0 {
			at = len(first)
		}
		if state.Metric.Info().Class == sensors.Diagnostic {
			at += 1000
		}
		for _, other := range states {
			if other.ID == state.ID {
				return at
			}
			if other.Metric == state.Metric {
				at += 100
			}
		}
		return at
	}
	sorted := slices.Clone(states)
	slices.SortStableFunc(sorted, func(a, b live.SensorState) int {
		if byPlace := place(a) - place(b); byPlace != 0 {
			return byPlace
		}
		return a.Metric.Rank() - b.Metric.Rank()
	})
	return sorted[:min(len(sorted), 4)]
}

// cards are the zones in the manager's order, and behind them what is in none.
func (sc *scene) cards(ctx context.Context) ([]views.ZoneCard, error) {
	zones := sc.zones
	if sc.deviceIn(0) {
		zones = append(slices.Clone(zones), sensors.Zone{Name: "In no zone", Kind: "other"})
	}
	picked := make([][]live.SensorState, len(zones))
	var large []sensors.SensorID
	for i, z := range zones {
		picked[i] = chosen(z.Kind, sc.in(z.ID))
		if len(picked[i]) > 0 {
			large = append(large, picked[i][0].ID)
		}
	}
	sparks, err := sc.s.sparks.of(ctx, sc.s.o.History, sc.now, large)
	if err != nil {
		return nil, err
	}
	out := make([]views.ZoneCard, len(zones))
	for i, z := range zones {
		card := views.ZoneCard{ID: z.ID.String(), Name: z.Name, Crop: z.Crop, Icon: z.Kind.Info().Icon, State: sc.zoneState(z.ID)}
		for n, state := range picked[i] {
			m := sc.measured(state)
			if n > 0 {
				card.Minis = append(card.Minis, m)
				continue
			}
			m.Spark = sparks[state.ID]
			m.Range = sc.s.sparkRange(state.Metric, m.Spark)
			card.Hero = &m
		}
		out[i] = card
	}
	return out, nil
}

// drawOverview draws what changed on the overview.
func (s *Server) drawOverview(ctx context.Context, p *watched, c *change) error {
	sc := s.scene()
	cards, err := sc.cards(ctx)
	if err != nil {
		return err
	}
	c.add("attention", views.AttentionView(sc.attention(p.operates())))
	if c.redrawLists() {
		c.add("zones", views.ZoneCards(cards), "zone-state-", "hero-", "mini-")
		if sc.heard {
			c.add("guide", views.GuideSlot(nil))
		}
		return nil
	}
	changed, all := c.changed(), c.RulesChanged || c.AlertsGone
	if len(changed) == 0 && !all {
		return nil
	}
	for _, card := range cards {
		c.add("zone-state-"+card.ID, views.StateBadge("zone-state-"+card.ID, card.State))
		if card.Hero != nil && (all || changed[card.Hero.SensorID]) {
			c.add("hero-"+card.Hero.SensorID, views.HeroView(*card.Hero))
		}
		for _, m := range card.Minis {
			if all || changed[m.SensorID] {
				c.add("mini-"+m.SensorID, views.MiniView(m))
			}
		}
	}
	return nil
}
