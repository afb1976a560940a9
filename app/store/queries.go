package store

// Every query of this package. A test asks PostgreSQL how it would answer each
// constant that is one, here and in other packages, on large tables.

const jobColumns = "id, user_id, kind, args, state, progress, attempts, result, error, created_at, updated_at"

const (
	eraseFiles = `INSERT INTO discarded (key, user_id) SELECT key, user_id FROM uploads WHERE user_id = $1 ON CONFLICT DO NOTHING`
	// Who works at one of these finds that it is done.
	eraseJobs = `UPDATE jobs SET user_id = '00000000-0000-0000-0000-000000000000', args = '{}', result = '', error = '',
		state = 'done', sent_at = coalesce(sent_at, now()) WHERE user_id = $1`
	saveSession = `INSERT INTO sessions (token_hash, user_id, user_name, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at`
	sessionByHash  = `SELECT user_id, user_name, expires_at, pg_current_wal_lsn()::text FROM sessions WHERE token_hash = $1 AND expires_at > now()`
	prolongSession = `UPDATE sessions SET expires_at = $2 WHERE token_hash = $1`
	endSessions    = `DELETE FROM sessions WHERE user_id = $1 RETURNING token_hash`
	deleteSession  = `DELETE FROM sessions WHERE token_hash = $1`
	deleteExpired  = `DELETE FROM sessions WHERE token_hash = ANY(ARRAY(
		SELECT token_hash FROM sessions WHERE expires_at < now() ORDER BY expires_at LIMIT $1))`

	insertJob  = `INSERT INTO jobs (id, user_id, kind, args) VALUES ($1, $2, $3, $4)`
	jobByID    = `SELECT ` + jobColumns + ` FROM jobs WHERE id = $1`
	jobsOfUser = `SELECT ` + jobColumns + ` FROM jobs WHERE user_id = $1 ORDER BY id DESC LIMIT $2`
	startJob   = `UPDATE jobs SET state = 'running', attempts = $2, error = '', updated_at = now()
		WHERE id = $1 AND state <> 'done'`
	progressJob = `UPDATE jobs SET progress = $2, updated_at = now() WHERE id = $1`
	// What a mail said, an address or a code, and who was erased is kept no longer than it
	// takes to do that.
	finishJob = `UPDATE jobs SET state = $2, result = $3, error = $4, updated_at = now(),
		args = CASE WHEN $2 = 'done' AND kind IN ('mail', 'erase') THEN '{}' ELSE args END,
		progress = CASE WHEN $2 = 'done' THEN 100 ELSE progress END WHERE id = $1 AND state <> 'done'`
	giveUpJobs = `UPDATE jobs SET state = 'dead', updated_at = now(),
		error = CASE WHEN error = '' THEN 'its worker ended while it was at it' ELSE error END WHERE id = ANY(ARRAY(
		SELECT id FROM jobs WHERE state IN ('queued', 'running') AND attempts >= $1 AND updated_at < now() - $2::interval LIMIT 1000))`
	// What nobody has handed to the queue although it was noted some time ago, or what the
	// queue has not taken.
	unsentJobs = `UPDATE jobs SET updated_at = now() WHERE id = ANY(ARRAY(
		SELECT id FROM jobs WHERE state IN ('queued', 'running') AND sent_at IS NULL AND (updated_at < now() - $1::interval
			OR error = '` + JobWaits + `' AND updated_at < now() - interval '3 seconds')
		ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING id`
	markSent = `UPDATE jobs SET sent_at = now() WHERE id = ANY($1)`
	// A claim that is over is anybody's; what was handed over is nobody's.
	claimMail = `INSERT INTO mails (job_id, claimed_until) VALUES ($1, now() + $2::interval)
		ON CONFLICT (job_id) DO UPDATE SET claimed_until = excluded.claimed_until WHERE mails.claimed_until < now()`
	mailSent    = `SELECT claimed_until IS NULL FROM mails WHERE job_id = $1`
	settleMail  = `UPDATE mails SET claimed_until = NULL, sent_at = now() WHERE job_id = $1`
	releaseMail = `DELETE FROM mails WHERE job_id = $1 AND claimed_until IS NOT NULL`

	// The statement reckons and counts at once; two at the same time may pass
	// together, by what one of them sends.
	addUpload = `INSERT INTO uploads (key, user_id, size) SELECT $1, $2, $3::bigint
		WHERE (SELECT coalesce(sum(size), 0) FROM uploads WHERE user_id = $2) + $3::bigint <= $4::bigint
		ON CONFLICT (key) DO UPDATE SET size = excluded.size`
	showUpload   = `UPDATE uploads SET post_id = $2 WHERE key = $1`
	dropUpload   = `DELETE FROM uploads WHERE key = $1`
	looseUploads = `SELECT key, user_id, size FROM uploads WHERE post_id IS NULL AND created_at < now() - $1::interval
		AND (key NOT LIKE 'reports/%' OR created_at < now() - interval '30 days') ORDER BY created_at LIMIT $2`
	adoptUploads = `INSERT INTO uploads (key, user_id, size, created_at)
		SELECT f.* FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[]) AS f (key, user_id, size, created_at)
		WHERE NOT EXISTS (SELECT FROM discarded d WHERE d.key = f.key) ON CONFLICT DO NOTHING`
	hasAdopted  = `SELECT EXISTS (SELECT FROM adopted)`
	noteAdopted = `INSERT INTO adopted DEFAULT VALUES`

	noteDiscarded = `INSERT INTO discarded (key, user_id) SELECT key, $1 FROM unnest($2::text[]) AS key WHERE key <> '' ON CONFLICT DO NOTHING`
	takeDiscarded = `UPDATE discarded SET tried_at = now() WHERE key = ANY(ARRAY(
		SELECT key FROM discarded WHERE tried_at < now() - interval '1 minute' ORDER BY tried_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING key, user_id, 0`
	forgetDiscarded = `DELETE FROM discarded WHERE key = $1`

	insertEvent = `INSERT INTO outbox (id, topic, payload, trace) VALUES ($1, $2, $3, $4)`
	consumeOnce = `INSERT INTO consumed (event_id) VALUES ($1) ON CONFLICT DO NOTHING`
	// SQS keeps what it delivers for 14 days at most.
	deleteConsumed = `DELETE FROM consumed WHERE event_id = ANY(ARRAY(
		SELECT event_id FROM consumed WHERE consumed_at < now() - interval '15 days' ORDER BY consumed_at LIMIT $1))`
	deleteRemoved = `DELETE FROM removed WHERE id = ANY(ARRAY(
		SELECT id FROM removed WHERE removed_at < now() - interval '90 days' ORDER BY removed_at LIMIT $1))`
	// A sent event is kept for a week to look into.
	deleteSent = `DELETE FROM outbox WHERE id = ANY(ARRAY(
		SELECT id FROM outbox WHERE sent_at < now() - interval '7 days' ORDER BY sent_at LIMIT $1))`
	deleteUntold = `DELETE FROM outbox WHERE id = ANY(ARRAY(
		SELECT id FROM outbox WHERE sent_at IS NULL AND created_at < now() - interval '1 hour' AND topic <> ALL($2)
		ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED))`
)
