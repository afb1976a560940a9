-- What was read most is found by how many digits the count has, so to speak (each is
-- 1.28 times the one before): an index of the count itself would have to be changed with
-- every count, and so would all others of the table.

-- +goose Up
DROP INDEX post_views_most;
ALTER TABLE post_views SET (fillfactor = 50),
    ADD COLUMN magnitude smallint GENERATED ALWAYS AS (ln(greatest(views, 1)::float8) * 4) STORED;
CREATE INDEX post_views_most ON post_views (magnitude DESC);

-- +goose Down
DROP INDEX post_views_most;
ALTER TABLE post_views DROP COLUMN magnitude, RESET (fillfactor);
CREATE INDEX post_views_most ON post_views (views DESC);
