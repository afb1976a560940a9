-- When the files were counted that people had sent before files were counted.

-- +goose Up
CREATE TABLE adopted (
    done_at timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE adopted;
