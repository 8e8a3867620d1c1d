package sensors

import (
	"math"
	"time"
)

// Severity says how much an alert matters: who is told, how insistently, and whether at night.
type Severity string

const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical" // also breaks quiet hours
)

// Rank orders severities, the gravest highest; what is none has rank zero.
func (s Severity) Rank() int {
	switch s {
	case Info:
		return 1
	case Warning:
		return 2
	case Critical:
		return 3
	}
	return 0
}

// Condition is what a rule watches for.
type Condition string

const (
	Above      Condition = "above"      // value > Limit
	Below      Condition = "below"      // value < Limit
	Outside    Condition = "outside"    // value < Low or value > High
	Rate       Condition = "rate"       // changes by more than Limit per hour, either way
	Difference Condition = "difference" // differs from sensor Other by more than Limit
	Silent     Condition = "silent"     // no reading for Hold
)

// Known reports whether the condition is one of the above.
func (c Condition) Known() bool {
	switch c {
	case Above, Below, Outside, Rate, Difference, Silent:
		return true
	}
	return false
}

// Scope is which sensors a rule watches: one sensor, those of one zone, those of all zones of a kind, or, if
// nothing is set, those of the farm. At most one field is set.
type Scope struct {
	Sensor   SensorID
	Zone     ZoneID
	ZoneKind ZoneKind
}

// Limits are the numbers of a rule in the base unit of its metric; which of them count depends on its
// condition.
type Limits struct {
	Limit     float64 // above, below, difference; per hour for rate
	Low, High float64 // outside
	// Clear is where an alert ends. Above and rate and difference: when the value is at or below it; below:
	// at or above it. Outside: how far inside the band, on either side.
	Clear float64
}

// DayPart says when a rule's night limits hold instead of its own.
type DayPart string

const (
	AllDay       DayPart = ""      // never: the same limits day and night
	NightByClock DayPart = "clock" // from NightFrom to NightTo on the farm's clocks
	NightBySun   DayPart = "sun"   // from sunset to sunrise at the farm
)

// ClockMinute is a time of the day on the farm's clocks, in minutes since midnight, 0 to 1439.
type ClockMinute int16

// Active is when a rule watches. The zero value is always.
type Active struct {
	From, To ClockMinute    // both zero: all day; To before From: over midnight
	Days     []time.Weekday // empty: every day
	Months   []time.Month   // empty: all year
}

// Rule is what the manager wants to be told about.
type Rule struct {
	ID        RuleID
	Name      string
	Enabled   bool
	Severity  Severity
	Scope     Scope
	Metric    MetricID // "" for a silent rule: whatever the sensor measures
	Condition Condition
	Other     SensorID // difference: the sensor that is compared with
	Limits             // by day, or all day
	Night     Limits
	NightWhen DayPart
	NightFrom ClockMinute
	NightTo   ClockMinute
	// Hold is how long the condition must last before the alert fires.
	Hold   time.Duration
	Active Active
	// Repeat is how long after the last message an alert that nobody acknowledged is told again; zero never.
	Repeat     time.Duration
	Recipients []RecipientID // empty: all
	Source     string        // where a preset's limits are from, "" for a rule of the manager's own
	// Watch marks the silence watch, which exists without anybody's doing: it uses each sensor's own rhythm
	// instead of Hold, and cannot be deleted.
	Watch     bool
	CreatedAt time.Time
	ChangedAt time.Time
}

// Bounds of what a rule may ask for.
const (
	maxHold    = 7 * 24 * time.Hour
	minRepeat  = 5 * time.Minute
	minSilence = time.Second
)

// WithDefaults fills in what nobody should have to choose: a clear value that a flapping sensor does not
// cross, and a hold time that one odd reading does not survive. hasClear and hasHold say what was given.
func (r Rule) WithDefaults(hasClear, hasHold bool) Rule {
	if !hasClear {
		r.Clear = r.defaultClear(r.Limits)
		r.Night.Clear = r.defaultClear(r.Night)
	}
	if !hasHold {
		r.Hold = 5 * time.Minute
		switch {
		case r.Condition == Silent:
			r.Hold = time.Hour
		case r.Metric.Info().Class == Switch:
			r.Hold = 0
		}
	}
	return r
}

// defaultClear returns the clear value that is a sensible distance from the limits: twice what the metric's
// sensors waver by.
func (r Rule) defaultClear(l Limits) float64 {
	step := r.Metric.Info().Hysteresis()
	switch r.Condition {
	case Above:
		return l.Limit - step
	case Below:
		return l.Limit + step
	case Outside:
		return min(step, (l.High-l.Low)/4)
	case Rate:
		return l.Limit / 2
	case Difference:
		return max(0, l.Limit-step)
	}
	return 0
}

// Validate returns an Invalid for what a person must correct.
func (r Rule) Validate() error {
	bad := Invalid{}
	if r.Name != "" {
		CheckName(bad, "name", r.Name, "")
	}
	if r.Severity.Rank() == 0 {
		bad.Add("severity", "Choose info, warning or critical.")
	}
	if !r.Condition.Known() {
		bad.Add("condition", "Choose above, below, outside, rate, difference or silent.")
	}
	if r.Condition != Silent && r.Metric == "" {
		bad.Add("metric", "Choose what is measured.")
	}
	r.checkScope(bad)
	r.Limits.check(bad, r.Condition, "")
	r.checkNight(bad)
	if r.Hold < 0 || r.Hold > maxHold || r.Condition == Silent && !r.Watch && r.Hold < minSilence {
		bad.Add("hold", "The time it must last is from 0 to 7 days, such as 10m; for silence at least a second.")
	}
	if r.Repeat != 0 && r.Repeat < minRepeat {
		bad.Add("repeat", "Repeat at most every 5 minutes, or never.")
	}
	r.Active.check(bad)
	return bad.Err()
}

func (r Rule) checkScope(bad Invalid) {
	set := 0
	for _, is := range []bool{r.Scope.Sensor != 0, r.Scope.Zone != 0, r.Scope.ZoneKind != ""} {
		if is {
			set++
		}
	}
	switch {
	case set > 1:
		bad.Add("scope", "Choose one sensor, one zone, one kind of zone, or the whole farm.")
	case r.Scope.ZoneKind != "" && r.Scope.ZoneKind.Info().Kind != r.Scope.ZoneKind:
		bad.Add("scope", "Choose greenhouse, field, orchard, barn, store or other.")
	case r.Condition == Difference && (r.Scope.Sensor == 0 || r.Other == 0):
		bad.Add("scope", "A difference is between two sensors: choose both.")
	case r.Condition == Difference && r.Scope.Sensor == r.Other:
		bad.Add("scope", "A sensor does not differ from itself: choose another one to compare with.")
	}
}

func (r Rule) checkNight(bad Invalid) {
	if r.NightWhen == AllDay {
		return
	}
	r.Night.check(bad, r.Condition, "night_")
	switch {
	case r.NightWhen != NightByClock && r.NightWhen != NightBySun:
		bad.Add("night", "Choose by clock or by sun.")
	case r.NightFrom < 0 || r.NightFrom > 1439 || r.NightTo < 0 || r.NightTo > 1439:
		bad.Add("night", "Hours are from 00:00 to 23:59.")
	case r.NightWhen == NightByClock && r.NightFrom == r.NightTo:
		bad.Add("night", "Say from when to when it is night.")
	}
}

// check notes what is wrong with the limits; prefix names the fields of the night's.
func (l Limits) check(bad Invalid, c Condition, prefix string) {
	for _, v := range []float64{l.Limit, l.Low, l.High, l.Clear} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			bad.Add(prefix+"limit", "A limit is a number.")
			return
		}
	}
	switch {
	case c == Outside && l.Low >= l.High:
		bad.Add(prefix+"low", "The lower limit must be below the upper one.")
	case c == Outside && (l.Clear < 0 || 2*l.Clear > l.High-l.Low):
		bad.Add(prefix+"clear", "The all-clear margin must be from 0 to half the width of the band.")
	case c == Above && l.Clear > l.Limit:
		bad.Add(prefix+"clear", "The all-clear value must not be above the limit.")
	case c == Below && l.Clear < l.Limit:
		bad.Add(prefix+"clear", "The all-clear value must not be below the limit.")
	case (c == Rate || c == Difference) && l.Limit <= 0:
		bad.Add(prefix+"limit", "The limit must be above 0.")
	case (c == Rate || c == Difference) && (l.Clear < 0 || l.Clear > l.Limit):
		bad.Add(prefix+"clear", "The all-clear value must be from 0 to the limit.")
	}
}

func (a Active) check(bad Invalid) {
	if a.From < 0 || a.From > 1439 || a.To < 0 || a.To > 1439 {
		bad.Add("active", "Hours are from 00:00 to 23:59.")
	}
	for _, d := range a.Days {
		if d < time.Sunday || d > time.Saturday {
			bad.Add("active", "Days are from Monday to Sunday.")
		}
	}
	for _, m := range a.Months {
		if m < time.January || m > time.December {
			bad.Add("active", "Months are from 1 to 12.")
		}
	}
}
