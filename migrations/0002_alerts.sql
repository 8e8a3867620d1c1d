-- +goose Up

-- What the manager wants to be told about. Numbers are in the base unit of the metric, times in ms.
CREATE TABLE rule (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	name          TEXT    NOT NULL,
	enabled       INTEGER NOT NULL,
	severity      TEXT    NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
	sensor_id     INTEGER REFERENCES sensor (id) ON DELETE CASCADE, -- scope; all null and '': the farm
	zone_id       INTEGER REFERENCES zone (id) ON DELETE CASCADE,
	zone_kind     TEXT    NOT NULL,
	metric        TEXT    NOT NULL,
	condition     TEXT    NOT NULL,
	other_id      INTEGER REFERENCES sensor (id) ON DELETE CASCADE,
	limits        TEXT    NOT NULL, -- JSON: by day and by night, and when it is night
	hold          INTEGER NOT NULL,
	active        TEXT    NOT NULL, -- JSON: hours, days and months
	repeat_after  INTEGER NOT NULL,
	source        TEXT    NOT NULL,
	watch         INTEGER NOT NULL, -- the silence watch, which exists once
	created_at    INTEGER NOT NULL,
	changed_at    INTEGER NOT NULL
) STRICT;

-- Who is told; they and their channels may hold secrets.
CREATE TABLE recipient (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	name           TEXT    NOT NULL,
	quiet_from     INTEGER NOT NULL, -- minutes since midnight at the farm
	quiet_to       INTEGER NOT NULL,
	escalate_after INTEGER NOT NULL,
	created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE channel (
	recipient_id INTEGER NOT NULL REFERENCES recipient (id) ON DELETE CASCADE,
	position     INTEGER NOT NULL,
	kind         TEXT    NOT NULL,
	target       TEXT    NOT NULL,
	PRIMARY KEY (recipient_id, position)
) STRICT, WITHOUT ROWID;

-- Which recipients a rule names; one that names none reaches all.
CREATE TABLE rule_recipient (
	rule_id      INTEGER NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
	recipient_id INTEGER NOT NULL REFERENCES recipient (id) ON DELETE CASCADE,
	PRIMARY KEY (rule_id, recipient_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	rule_id         INTEGER REFERENCES rule (id) ON DELETE SET NULL,
	rule_name       TEXT    NOT NULL, -- as it was when the alert began
	sensor_id       INTEGER REFERENCES sensor (id) ON DELETE SET NULL, -- null: about the whole device, or it is gone
	device_id       INTEGER REFERENCES device (id) ON DELETE SET NULL, -- both null with no rule: about Furrow itself
	severity        TEXT    NOT NULL,
	state           TEXT    NOT NULL CHECK (state IN ('pending', 'firing', 'acknowledged', 'resolved')),
	since           INTEGER NOT NULL,
	started_at      INTEGER NOT NULL, -- 0 while pending
	acknowledged_at INTEGER NOT NULL,
	resolved_at     INTEGER NOT NULL,
	snoozed_until   INTEGER NOT NULL,
	value           REAL,             -- null: there is none, as in silence
	peak            REAL,
	ack_by          TEXT    NOT NULL,
	note            TEXT    NOT NULL,
	behind          INTEGER NOT NULL,
	past            INTEGER NOT NULL,
	drill           INTEGER NOT NULL,
	why             TEXT    NOT NULL
) STRICT;
CREATE INDEX alert_open ON alert (id) WHERE state <> 'resolved';
CREATE INDEX alert_sensor ON alert (sensor_id, started_at);
CREATE INDEX alert_rule ON alert (rule_id, started_at);
CREATE INDEX alert_device ON alert (device_id);

CREATE TABLE alert_event (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	alert_id INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
	kind     TEXT    NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT    NOT NULL -- '' for Furrow itself
) STRICT;
CREATE INDEX alert_event_alert ON alert_event (alert_id);

-- Messages that are owed, committed with the alerts that they are about.
CREATE TABLE outbox (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	recipient_id INTEGER NOT NULL REFERENCES recipient (id) ON DELETE CASCADE,
	channel      INTEGER NOT NULL, -- position of the channel to try next
	kind         TEXT    NOT NULL,
	created_at   INTEGER NOT NULL,
	due_at       INTEGER NOT NULL,
	attempts     INTEGER NOT NULL,
	last_error   TEXT    NOT NULL, -- of the last try, or why it was closed
	state        TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'closed', 'gave_up')),
	sent_at      INTEGER NOT NULL, -- 0 until it was
	sent_via     TEXT    NOT NULL  -- kind of the channel that took it
) STRICT;
CREATE INDEX outbox_due ON outbox (recipient_id, due_at) WHERE state = 'waiting';
CREATE INDEX outbox_recipient ON outbox (recipient_id);

CREATE TABLE outbox_alert (
	outbox_id INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
	alert_id  INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
	told      INTEGER NOT NULL, -- the recipient was told of this alert by this message
	PRIMARY KEY (outbox_id, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_alert_alert ON outbox_alert (alert_id);

-- Drills: a marked test reading on its way to somebody's thumb, with the time of each hop.
CREATE TABLE drill (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	alert_id   INTEGER REFERENCES alert (id) ON DELETE SET NULL,
	begun_by   TEXT    NOT NULL, -- '' for the schedule
	started_at INTEGER NOT NULL,
	due_at     INTEGER NOT NULL,
	ended_at   INTEGER NOT NULL, -- 0 while it runs
	passed     INTEGER NOT NULL,
	why        TEXT    NOT NULL, -- why it was missed
	hops       TEXT    NOT NULL  -- JSON
) STRICT;
CREATE INDEX drill_alert ON drill (alert_id);

-- What is set once for the whole farm and is no column of its own, such as the mail server. Keys of the
-- program's own making are here too.
CREATE TABLE setting (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO rule (name, enabled, severity, zone_kind, metric, condition, limits, hold, active, repeat_after, source, watch, created_at, changed_at)
VALUES ('Silence watch', 1, 'warning', '', '', 'silent', '{}', 0, '{}', 0, '', 1, 0, 0);
