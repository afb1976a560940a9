-- Who is logged in where, so that all of it can be ended.

-- +goose Up
CREATE INDEX sessions_user ON sessions (user_id);

-- +goose Down
DROP INDEX sessions_user;
