package web

import (
	"encoding/csv"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"furrow/sensors"
	"furrow/views/chart"
)

// chartData is a chart as its script reads it: columns of one length, times in seconds. What a column lacks
// is null: the line is broken there.
type chartData struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Step  float64 `json:"step"`
	Gap   float64 `json:"gap"`   // the silence that breaks the line
	Count int     `json:"count"` // of readings in the last point
	// Newest is the time of the newest reading that is in it: what comes live is added only if it is newer.
	Newest float64 `json:"newest"`
	T      column  `json:"t"`
	V      column  `json:"v"`
	Low    column  `json:"lo"`
	High   column  `json:"hi"`
	// Limits are from, to, lowest and highest; null where there is no end. Alerts are from, to and a name.
	Limits [][4]*float64 `json:"limits,omitempty"`
	Alerts [][3]any      `json:"alerts,omitempty"`
}

// column is numbers, written with so many decimals as they need, and not a number as null.
type column struct {
	values   []float64
	decimals int
}

// MarshalJSON writes the numbers without the zeros at their ends.
func (c column) MarshalJSON() ([]byte, error) {
	out := append(make([]byte, 0, 8*len(c.values)+2), '[')
	scale := math.Pow10(c.decimals)
	for i, v := range c.values {
		if i > 0 {
			out = append(out, ',')
		}
		switch rounded := math.Round(v*scale) / scale; {
		case math.IsNaN(v):
			out = append(out, "null"...)
		case math.IsInf(rounded, 0) || math.IsNaN(rounded): // too large to be rounded
			out = strconv.AppendFloat(out, v, 'g', -1, 64)
		default:
			out = strconv.AppendFloat(out, rounded+0, 'f', -1, 64)
		}
	}
	return append(out, ']'), nil
}

// chartJSON answers the chart's script: the page's span, or the part that somebody looks at closely.
func (s *Server) chartJSON(c echo.Context) error {
	state, err := s.sensorOf(c)
	if err != nil {
		return err
	}
	asked, err := s.dataSpan(c)
	if err != nil {
		return err
	}
	_, series, err := s.series(c.Request().Context(), state, asked)
	if err != nil {
		return err
	}
	data := newChartData(series, state.Metric.Info().DecimalsIn(s.units())+1)
	data.Newest = float64(state.Last.At) / 1000
	return c.JSON(http.StatusOK, data)
}

func newChartData(series chart.Series, decimals int) chartData {
	seconds := func(at sensors.Milli) float64 { return float64(at) / 1000 }
	d := chartData{From: seconds(series.From), To: seconds(series.To), Step: series.Step.Seconds(), Gap: series.Gap.Seconds(), Count: series.Count,
		T: column{decimals: 3}, V: column{series.Mean, decimals}, Low: column{series.Low, decimals}, High: column{series.High, decimals}}
	for _, at := range series.At {
		d.T.values = append(d.T.values, seconds(at))
	}
	for _, l := range series.Guide.Stretches {
		d.Limits = append(d.Limits, [4]*float64{within(seconds(l.From), l.From > series.From), within(seconds(l.To), l.To < series.To),
			within(l.Low, !math.IsNaN(l.Low)), within(l.High, !math.IsNaN(l.High))})
	}
	for _, a := range series.Guide.Alerts {
		d.Alerts = append(d.Alerts, [3]any{seconds(a.From), within(seconds(a.To), a.To < series.To), a.Label})
	}
	return d
}

// within returns the number, or null.
func within(v float64, is bool) *float64 {
	if !is {
		return nil
	}
	return &v
}

// readingsCSV streams a sensor's readings as people of the farm read them: its time, its units.
func (s *Server) readingsCSV(c echo.Context) error {
	state, err := s.sensorOf(c)
	if err != nil {
		return err
	}
	asked, err := s.dataSpan(c)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	header.Set(echo.HeaderContentDisposition, `attachment; filename="sensor-`+state.ID.String()+`.csv"`)
	c.Response().WriteHeader(http.StatusOK)

	info, units, zone := state.Metric.Info(), s.units(), s.location()
	unit := unitLabel(info.UnitIn(units))
	out := csv.NewWriter(c.Response())
	_ = out.Write([]string{"time", "metric", "value", "unit", "quality"}) // a failure shows in out.Error
	n := 0
	err = s.o.History.Range(c.Request().Context(), state.ID, asked.from, asked.to+1, func(r sensors.Reading) bool {
		value := strconv.FormatFloat(info.In(units, r.Value), 'g', 12, 64)
		_ = out.Write([]string{r.At.Time().In(zone).Format(time.RFC3339), string(info.ID), value, unit, r.Quality.String()})
		if n++; n%4096 == 0 {
			out.Flush()
			c.Response().Flush()
		}
		return out.Error() == nil
	})
	out.Flush()
	if err != nil {
		// The status is out already: break the connection, so that half a file is not taken for a whole one.
		s.o.Log.Warn("readings.csv broke off", "sensor", state.ID.String(), "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}
