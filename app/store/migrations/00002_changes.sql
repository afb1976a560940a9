-- What copies elsewhere need to follow changes and deletions, and what shows
-- that a job was noted but never handed to its queue.

-- +goose Up
ALTER TABLE posts ADD COLUMN version bigint NOT NULL DEFAULT 1; -- grows with each change

-- Posts that were deleted, in stores of copies: events come in no order, and
-- an older one must not bring a post back.
CREATE TABLE removed (
    id         uuid PRIMARY KEY,
    removed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX removed_age ON removed (removed_at);

ALTER TABLE jobs ADD COLUMN sent_at timestamptz;
CREATE INDEX jobs_unsent ON jobs (id) WHERE state IN ('queued', 'running') AND sent_at IS NULL;

CREATE INDEX outbox_age ON outbox (created_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

-- +goose Down
DROP INDEX outbox_sent, outbox_age, jobs_unsent;
ALTER TABLE jobs DROP COLUMN sent_at;
DROP TABLE removed;
ALTER TABLE posts DROP COLUMN version;
