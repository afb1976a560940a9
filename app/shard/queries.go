package shard

// The questions to the directory.
const (
	newestMap    = `SELECT version, owners FROM slot_maps ORDER BY version DESC LIMIT 1`
	addMap       = `INSERT INTO slot_maps (version, owners) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	addLogin     = `INSERT INTO logins (user_id, email, name, slot) VALUES ($1, $2, $3, $4)`
	dropLogin    = `DELETE FROM logins WHERE user_id = $1`
	loginByEmail = `SELECT user_id FROM logins WHERE email = $1`
	loginByName  = `SELECT user_id FROM logins WHERE name = $1`
	slotsOf      = `SELECT user_id, slot FROM logins WHERE user_id = ANY($1)`
	anyPlaced    = `SELECT EXISTS (SELECT FROM logins WHERE slot IS NOT NULL)`
)

// The questions to a shard.
const (
	ownsSlot   = `SELECT EXISTS (SELECT FROM slots_owned WHERE slot = $1)`
	ownedNow   = `SELECT coalesce(array_agg(slot ORDER BY slot), '{}') FROM slots_owned`
	hasTrigger = `SELECT EXISTS (SELECT FROM pg_trigger WHERE tgname = $1)`
)

// Those of a move; more are in table.go.
const (
	readChanges = `SELECT id, "table", key FROM slot_changes WHERE slot = $1 ORDER BY id LIMIT $2`
	beginMove   = `INSERT INTO slot_moves (slot, move) VALUES ($1, $2)
		ON CONFLICT (slot) DO UPDATE SET move = excluded.move WHERE slot_moves.move < excluded.move`
	stillMine     = `SELECT EXISTS (SELECT FROM slot_moves WHERE slot = $1 AND move = $2 FOR SHARE)`
	disown        = `DELETE FROM slots_owned WHERE slot = $1`
	forgetChanges = `DELETE FROM slot_changes WHERE id = ANY($1)`
)
