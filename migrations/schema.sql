-- The schema that the migrations lead to; a test in db compares.

CREATE TABLE farm (
	id         INTEGER PRIMARY KEY CHECK (id = 1),
	name       TEXT    NOT NULL,
	time_zone  TEXT    NOT NULL,
	latitude   REAL    NOT NULL,
	longitude  REAL    NOT NULL,
	units      TEXT    NOT NULL CHECK (units IN ('metric', 'imperial')),
	clock12    INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	email         TEXT    NOT NULL COLLATE NOCASE UNIQUE,
	name          TEXT    NOT NULL,
	role          TEXT    NOT NULL CHECK (role IN ('owner', 'manager', 'worker', 'viewer')),
	password_hash TEXT    NOT NULL,
	created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
	token_hash BLOB    PRIMARY KEY, -- SHA-256 of the cookie's value
	person_id  INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	created_at INTEGER NOT NULL,
	seen_at    INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	agent      TEXT    NOT NULL,
	address    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_person ON session (person_id);

CREATE TABLE token (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT    NOT NULL,
	scope      TEXT    NOT NULL CHECK (scope IN ('read', 'control', 'admin')),
	hash       BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
	created_at INTEGER NOT NULL,
	used_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE zone (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT    NOT NULL COLLATE NOCASE UNIQUE,
	kind       TEXT    NOT NULL,
	crop       TEXT    NOT NULL,
	position   INTEGER NOT NULL,
	simulated  INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	key        TEXT    NOT NULL UNIQUE,
	name       TEXT    NOT NULL,
	model      TEXT    NOT NULL,
	status     TEXT    NOT NULL CHECK (status IN ('new', 'adopted', 'ignored', 'removed')),
	dialect    TEXT    NOT NULL,
	zone_id    INTEGER REFERENCES zone (id) ON DELETE SET NULL,
	zone_hint  TEXT    NOT NULL,
	gateway    TEXT    NOT NULL,
	username   TEXT    UNIQUE,  -- null: no credentials of its own
	secret     BLOB,            -- SHA-256 of its password
	simulated  INTEGER NOT NULL,
	first_seen INTEGER NOT NULL,
	last_seen  INTEGER NOT NULL,
	online     INTEGER NOT NULL
) STRICT;

CREATE INDEX device_zone ON device (zone_id);

CREATE TABLE sensor (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	device_id  INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
	metric     TEXT    NOT NULL,
	channel    TEXT    NOT NULL,
	name       TEXT    NOT NULL,
	position   INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	UNIQUE (device_id, metric, channel)
) STRICT;

CREATE TABLE journal (
	id       INTEGER PRIMARY KEY,
	tmax     INTEGER NOT NULL, -- newest reading in it
	data     BLOB    NOT NULL, -- readings, see db/history
	receipts BLOB              -- which publishes they came from, to know a redelivery
) STRICT;

CREATE TABLE raw (
	id   INTEGER PRIMARY KEY,
	data BLOB NOT NULL
) STRICT;

CREATE TABLE roll (
	id     INTEGER PRIMARY KEY,
	rev    INTEGER NOT NULL, -- grows with every write: a feed of changes
	n      INTEGER NOT NULL,
	vmin   REAL    NOT NULL,
	vmax   REAL    NOT NULL,
	vsum   REAL    NOT NULL,
	vlast  REAL    NOT NULL,
	hourly BLOB
) STRICT;

CREATE INDEX roll_rev ON roll (rev);

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

CREATE TABLE setting (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
