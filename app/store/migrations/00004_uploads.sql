-- What people have sent, so that it can be counted against what each may keep,
-- collected when nothing shows it, and deleted with what showed it.

-- +goose Up
CREATE TABLE uploads (
    key        text PRIMARY KEY,
    user_id    uuid        NOT NULL,
    size       bigint      NOT NULL,
    post_id    uuid, -- null: nothing shows it yet
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX uploads_user ON uploads (user_id);
CREATE INDEX uploads_loose ON uploads (created_at) WHERE post_id IS NULL;

-- Files that must go, noted in the transaction that made them so.
CREATE TABLE discarded (
    key      text PRIMARY KEY,
    user_id  uuid        NOT NULL,
    tried_at timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX discarded_age ON discarded (tried_at);

-- +goose Down
DROP TABLE discarded, uploads;
