-- What a database must have to hold a part of the users. These tables come on
-- top of the app's own.

-- +goose Up

-- The slots whose rows this database answers for. Whoever writes or reads
-- asks here in the same transaction, so an outdated map does no harm.
CREATE TABLE slots_owned (
    slot smallint PRIMARY KEY
);

-- Slots that are being copied elsewhere, and what has changed in them since.
CREATE TABLE slots_moving (
    slot smallint PRIMARY KEY
);
CREATE TABLE slot_changes (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slot    smallint NOT NULL,
    "table" text     NOT NULL,
    key     jsonb    NOT NULL
);
CREATE INDEX slot_changes_order ON slot_changes (slot, id);

-- Who has which address and name, over all databases; kept in the directory
-- because a unique index holds within one database only.
CREATE TABLE logins (
    user_id uuid PRIMARY KEY,
    email   text NOT NULL,
    name    text NOT NULL
);
CREATE UNIQUE INDEX logins_email ON logins (email);
CREATE UNIQUE INDEX logins_name ON logins (name);
INSERT INTO logins SELECT id, email, name FROM users;

-- The map of slots to databases, in the one database that is the directory.
-- A change is a new version; the primary key lets only one through.
CREATE TABLE slot_maps (
    version    bigint PRIMARY KEY,
    owners     smallint[]  NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- +goose StatementBegin
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r jsonb := CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
BEGIN
    IF EXISTS (SELECT FROM slots_moving WHERE slot = (r ->> 'slot')::smallint) THEN
        INSERT INTO slot_changes (slot, "table", key)
        VALUES ((r ->> 'slot')::smallint, TG_TABLE_NAME, (SELECT jsonb_object_agg(k, r -> k) FROM unnest(TG_ARGV) k));
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER users_note_change AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION note_change('id');
CREATE TRIGGER posts_note_change AFTER INSERT OR UPDATE OR DELETE ON posts FOR EACH ROW EXECUTE FUNCTION note_change('id');
CREATE TRIGGER follows_note_change AFTER INSERT OR UPDATE OR DELETE ON follows FOR EACH ROW EXECUTE FUNCTION note_change('follower_id', 'followee_id');
CREATE INDEX users_slot ON users (slot, id);
CREATE INDEX posts_slot ON posts (slot, id);
CREATE INDEX follows_slot ON follows (slot, follower_id, followee_id);

-- +goose Down
DROP INDEX follows_slot, posts_slot, users_slot;
DROP TRIGGER follows_note_change ON follows;
DROP TRIGGER posts_note_change ON posts;
DROP TRIGGER users_note_change ON users;
DROP FUNCTION note_change;
DROP TABLE logins, slot_maps, slot_changes, slots_moving, slots_owned;
