-- The tables of the app. Identifiers are UUIDs of version 7: they are made by
-- any server without asking, and sort by the time they were made, so that the
-- primary key also gives "newest first". Every row of a user carries the
-- user's slot, by which the tables can be spread over several databases.

-- +goose Up
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    slot          smallint    NOT NULL,
    email         text        NOT NULL,
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email ON users (email);
CREATE UNIQUE INDEX users_name ON users (name);

CREATE TABLE posts (
    id         uuid PRIMARY KEY,
    slot       smallint    NOT NULL,
    user_id    uuid        NOT NULL,
    author     text        NOT NULL,
    title      text        NOT NULL,
    body       text        NOT NULL,
    picture    text        NOT NULL DEFAULT '',
    thumbnail  text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    search     tsvector GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || body)) STORED
);
CREATE INDEX posts_user_newest ON posts (user_id, id DESC);
CREATE INDEX posts_search ON posts USING gin (search);

-- Views change all the time; in a table of their own they leave the posts and
-- their indexes alone.
CREATE TABLE post_views (
    post_id uuid PRIMARY KEY,
    views   bigint NOT NULL
);
CREATE INDEX post_views_most ON post_views (views DESC);

CREATE TABLE follows (
    follower_id uuid NOT NULL,
    followee_id uuid NOT NULL,
    slot        smallint    NOT NULL, -- the follower's
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (follower_id, followee_id)
);

-- Sessions live in Redis; this copy lets people stay logged in when Redis is
-- away or has lost them.
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id    uuid        NOT NULL,
    user_name  text        NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- What people see of a job, whatever queue carries it.
CREATE TABLE jobs (
    id         uuid PRIMARY KEY,
    user_id    uuid        NOT NULL,
    kind       text        NOT NULL,
    args       jsonb       NOT NULL,
    state      text        NOT NULL DEFAULT 'queued',
    progress   smallint    NOT NULL DEFAULT 0,
    attempts   smallint    NOT NULL DEFAULT 0,
    result     text        NOT NULL DEFAULT '',
    error      text        NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX jobs_user_newest ON jobs (user_id, id DESC);
CREATE INDEX jobs_unfinished ON jobs (id) WHERE state IN ('queued', 'running');

-- A mail that has been handed over is never handed over again.
CREATE TABLE mails (
    job_id  uuid PRIMARY KEY,
    sent_at timestamptz NOT NULL DEFAULT now()
);

-- Events that other services must hear of, written in the transaction that
-- makes them true.
CREATE TABLE outbox (
    id         uuid PRIMARY KEY,
    topic      text        NOT NULL,
    payload    jsonb       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

-- Events and batches that this store has already taken in.
CREATE TABLE consumed (
    event_id    uuid PRIMARY KEY,
    consumed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX consumed_age ON consumed (consumed_at);

-- +goose Down
DROP TABLE consumed, outbox, mails, jobs, sessions, follows, post_views, posts, users;
