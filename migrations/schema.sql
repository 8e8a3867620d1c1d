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
