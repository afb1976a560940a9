-- A table whose rows cannot be told apart does not move to another server with the
-- others (logical replication).

-- +goose Up
DELETE FROM adopted a USING adopted b WHERE a.ctid > b.ctid AND a.done_at = b.done_at;
ALTER TABLE adopted ADD PRIMARY KEY (done_at);

-- +goose Down
ALTER TABLE adopted DROP CONSTRAINT adopted_pkey;
