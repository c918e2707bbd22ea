-- Times are nanoseconds since 1970, UTC.

-- +goose Up
CREATE TABLE learners (
	id         TEXT PRIMARY KEY,
	created_at BIGINT NOT NULL
);

CREATE TABLE runs (
	id          TEXT PRIMARY KEY,
	learner     TEXT REFERENCES learners (id), -- NULL: of nobody in particular
	lab         TEXT NOT NULL,
	namespace   TEXT NOT NULL,
	manifest    TEXT NOT NULL, -- as it was applied
	original    TEXT NOT NULL, -- the lab's own at that time
	checks      TEXT NOT NULL, -- the ids of the lab's checks at that time, a JSON array
	backend     TEXT NOT NULL,
	version     TEXT NOT NULL, -- of Kubernetes
	state       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	verdict     TEXT NOT NULL, -- JSON
	steps       TEXT NOT NULL, -- JSON
	started_at  BIGINT NOT NULL,
	finished_at BIGINT         -- NULL: not ended, or the server ended before
);
CREATE INDEX runs_by_learner ON runs (learner, started_at);
CREATE INDEX runs_by_end ON runs (finished_at);

CREATE TABLE entries (
	run  TEXT   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	seq  BIGINT NOT NULL,
	json TEXT   NOT NULL,
	PRIMARY KEY (run, seq)
);

-- The log of one start of a container. Pods are numbered as the run saw them, and
-- containers by their place in the pod.
CREATE TABLE logs (
	run       TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	pod       TEXT    NOT NULL,
	number    INTEGER NOT NULL, -- of the pod
	place     INTEGER NOT NULL, -- of the container
	container TEXT    NOT NULL,
	init      BOOLEAN NOT NULL,
	start     INTEGER NOT NULL,
	gzip      BLOB    NOT NULL,
	PRIMARY KEY (run, number, place, start)
);

-- The objects that a run has seen, numbered in that order, each in its last version.
CREATE TABLE objects (
	run         TEXT    NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	number      INTEGER NOT NULL,
	kind        TEXT    NOT NULL,
	api_version TEXT    NOT NULL,
	name        TEXT    NOT NULL,
	uid         TEXT    NOT NULL,
	gzip        BLOB, -- protobuf; NULL: no version is kept
	PRIMARY KEY (run, number)
);

-- What a learner has done outlives the runs.
CREATE TABLE progress (
	learner  TEXT    NOT NULL REFERENCES learners (id),
	lab      TEXT    NOT NULL,
	best     TEXT    NOT NULL, -- empty: no run has ended
	runs     INTEGER NOT NULL,
	last_run TEXT REFERENCES runs (id) ON DELETE SET NULL,
	last_at  BIGINT  NOT NULL,
	PRIMARY KEY (learner, lab)
);
CREATE INDEX progress_by_run ON progress (last_run);

-- The one row says which server opened the history last.
CREATE TABLE opened (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE opened;
DROP TABLE progress;
DROP TABLE objects;
DROP TABLE logs;
DROP TABLE entries;
DROP TABLE runs;
DROP TABLE learners;
