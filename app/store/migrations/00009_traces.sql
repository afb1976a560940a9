-- Which trace an event belongs to, so that whoever hears of it goes on with that.

-- +goose Up
ALTER TABLE outbox ADD COLUMN trace text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE outbox DROP COLUMN trace;
