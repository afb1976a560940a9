-- What people say of themselves, whether their address is known to be theirs,
-- who operates the app, and what a picture shows for who cannot see it.

-- +goose Up
ALTER TABLE users
    ADD COLUMN about text NOT NULL DEFAULT '',
    ADD COLUMN confirmed_at timestamptz, -- null: nobody has shown that the address is theirs
    ADD COLUMN operator boolean NOT NULL DEFAULT false;
ALTER TABLE posts ADD COLUMN alt text NOT NULL DEFAULT '';
CREATE INDEX follows_followee ON follows (followee_id); -- for who deletes the account

-- +goose Down
DROP INDEX follows_followee;
ALTER TABLE posts DROP COLUMN alt;
ALTER TABLE users DROP COLUMN operator, DROP COLUMN confirmed_at, DROP COLUMN about;
