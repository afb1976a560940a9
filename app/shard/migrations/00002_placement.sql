-- Where people are who were not placed by the hash of their id, and how people
-- are known in the directory who signed up at a server that did not know yet
-- that there are several databases.

-- +goose Up
ALTER TABLE logins ADD COLUMN slot smallint; -- null: by hash
CREATE INDEX logins_placed ON logins (user_id) WHERE slot IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION note_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO logins (user_id, email, name) VALUES (NEW.id, NEW.email, NEW.name) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER users_note_login AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION note_login();
INSERT INTO logins (user_id, email, name) SELECT id, email, name FROM users ON CONFLICT DO NOTHING;

-- +goose Down
DROP TRIGGER users_note_login ON users;
DROP FUNCTION note_login;
DROP INDEX logins_placed;
ALTER TABLE logins DROP COLUMN slot;
