-- The newest move of each slot that was begun, by its number, and where the
-- numbers come from, in the directory. What an older move still sends is
-- refused: its lock may have ended with a connection, and it does not know.

-- +goose Up
CREATE TABLE slot_moves (
    slot smallint PRIMARY KEY,
    move bigint NOT NULL
);
CREATE SEQUENCE slot_move_numbers;

-- +goose Down
DROP SEQUENCE slot_move_numbers;
DROP TABLE slot_moves;
