-- Every row of a person carries the person's slot: the table may be spread over
-- several databases.

-- +goose Up
CREATE TABLE notes (
    id         uuid PRIMARY KEY,
    slot       smallint    NOT NULL,
    user_id    uuid        NOT NULL,
    author     text        NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    search     tsvector GENERATED ALWAYS AS (to_tsvector('english', body)) STORED
);
CREATE INDEX notes_search ON notes USING gin (search);

-- +goose Down
DROP TABLE notes;
