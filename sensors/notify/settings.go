package notify

import (
	"time"

	"furrow/sensors"
)

// Keys of the settings that are about messages. Each value is JSON; the last two are of the program's own making
// and are shown to nobody.
const (
	SettingMail      = "mail"      // MailServer
	SettingHeartbeat = "heartbeat" // HeartbeatSetting
	SettingDrill     = "drill"     // DrillSetting
	SettingLinkKey   = "link_key"  // the Signer's key, base64 by encoding/json
	SettingVAPID     = "vapid"     // VAPID
)

// HeartbeatSetting is who outside is told that this Furrow lives, and how often.
type HeartbeatSetting struct {
	URL   string `json:"url"`     // "": nobody
	Every int    `json:"every_s"` // seconds; 0 is a minute
}

// Interval returns how often to ping.
func (h HeartbeatSetting) Interval() time.Duration {
	if h.Every <= 0 {
		return time.Minute
	}
	return time.Duration(h.Every) * time.Second
}

// Validate returns an Invalid for what a person must correct. Where the address leads, the Sender judges with
// each ping.
func (h HeartbeatSetting) Validate() error {
	bad := sensors.Invalid{}
	if _, ok := readHTTP(h.URL); h.URL != "" && !ok {
		bad.Add("url", "Give an address that begins with https:// or http://, or leave it empty.")
	}
	if h.Every != 0 && (h.Every < 10 || h.Every > 24*3600) {
		bad.Add("every_s", "Ping every 10 seconds to 24 hours.")
	}
	return bad.Err()
}

// DrillSetting is when a drill is held without anybody's doing, on the farm's clocks.
type DrillSetting struct {
	Weekly  bool                `json:"weekly"`
	Weekday time.Weekday        `json:"weekday"`  // 0 is Sunday
	Minute  sensors.ClockMinute `json:"minute"`   // since midnight
	Answer  int                 `json:"answer_s"` // seconds within which somebody must answer; 0 is a quarter of an hour
}

// AnswerWithin returns how long a drill waits for somebody.
func (d DrillSetting) AnswerWithin() time.Duration {
	if d.Answer <= 0 {
		return 15 * time.Minute
	}
	return time.Duration(d.Answer) * time.Second
}

// Due reports whether the drill's moment lies after from and not after to.
func (d DrillSetting) Due(from, to time.Time, zone *time.Location) bool {
	if !d.Weekly {
		return false
	}
	y, m, day := to.In(zone).Date()
	at := time.Date(y, m, day, int(d.Minute)/60, int(d.Minute)%60, 0, 0, zone)
	return at.Weekday() == d.Weekday && at.After(from) && !at.After(to)
}

// Validate returns an Invalid for what a person must correct.
func (d DrillSetting) Validate() error {
	bad := sensors.Invalid{}
	if d.Weekday < time.Sunday || d.Weekday > time.Saturday {
		bad.Add("weekday", "Choose a day from Monday to Sunday.")
	}
	if d.Minute < 0 || d.Minute > 1439 {
		bad.Add("minute", "Choose a time from 00:00 to 23:59.")
	}
	if d.Answer != 0 && (d.Answer < 60 || d.Answer > 24*3600) {
		bad.Add("answer_s", "Give people a minute to 24 hours to answer.")
	}
	return bad.Err()
}
