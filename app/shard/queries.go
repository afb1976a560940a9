package shard

import "github.com/rung-dev/rung/app/store"

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
	mostRead     = `SELECT post_id FROM post_views ORDER BY views DESC LIMIT $1`
)

// The questions to a shard. Those to several leave out slots that a database
// does not own: rows that are being copied there, or were left behind.
const (
	ownsSlot  = `SELECT EXISTS (SELECT FROM slots_owned WHERE slot = $1)`
	ownedNow  = `SELECT coalesce(array_agg(slot ORDER BY slot), '{}') FROM slots_owned`
	followees = `SELECT followee_id FROM follows WHERE follower_id = $1 LIMIT $2`

	owned     = ` AND slot IN (SELECT slot FROM slots_owned)`
	postsOf   = `SELECT ` + store.ListColumns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	postByIDs = `SELECT ` + store.PostColumns + ` FROM posts WHERE id = ANY($1)` + owned
	newest    = `SELECT ` + store.ListColumns + ` FROM posts WHERE id < $1` + owned + ` ORDER BY id DESC LIMIT $2`
	feed      = `SELECT p.* FROM unnest($1::uuid[]) AS a (id) CROSS JOIN LATERAL (SELECT ` + store.ListColumns + ` FROM posts
		WHERE user_id = a.id AND id < $2` + owned + ` ORDER BY id DESC LIMIT $3) p ORDER BY p.id DESC LIMIT $3`
	found = `SELECT ` + store.ListColumns + ` FROM posts
		WHERE search @@ websearch_to_tsquery('english', $1) AND id < $2` + owned + ` ORDER BY id DESC LIMIT $3`
)

// Those of a move; more are in the tables of move.go.
const (
	readChanges = `SELECT id, "table", key FROM slot_changes WHERE slot = $1 ORDER BY id LIMIT $2`
	beginMove   = `INSERT INTO slot_moves (slot, move) VALUES ($1, $2)
		ON CONFLICT (slot) DO UPDATE SET move = excluded.move WHERE slot_moves.move < excluded.move`
	stillMine     = `SELECT EXISTS (SELECT FROM slot_moves WHERE slot = $1 AND move = $2 FOR SHARE)`
	disown        = `DELETE FROM slots_owned WHERE slot = $1`
	forgetChanges = `DELETE FROM slot_changes WHERE id = ANY($1)`
)

// Queries are all queries of this package by name.
func Queries() map[string]string {
	out := map[string]string{"newestMap": newestMap, "addMap": addMap, "addLogin": addLogin, "dropLogin": dropLogin,
		"loginByEmail": loginByEmail,
		"loginByName":  loginByName, "slotsOf": slotsOf, "anyPlaced": anyPlaced, "shards.mostRead": mostRead, "ownsSlot": ownsSlot, "ownedNow": ownedNow,
		"followees": followees, "shards.postsOf": postsOf, "postByIDs": postByIDs, "shards.newest": newest, "shards.feed": feed, "found": found,
		"beginMove": beginMove, "stillMine": stillMine, "disown": disown, "readChanges": readChanges, "forgetChanges": forgetChanges}
	for _, t := range tables {
		for what, sql := range map[string]string{"next": t.next, "one": t.one, "put": t.put, "drop": t.drop, "clean": t.clean,
			"remove": t.remove} {
			out[what+" "+t.name] = sql
		}
	}
	return out
}
