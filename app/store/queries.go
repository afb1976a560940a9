package store

// Every query of the app. Queries lists them by name for the test that asks
// PostgreSQL how it would answer each on a large table.

const userColumns = "id, email, name, password_hash, created_at, about, confirmed_at IS NOT NULL, operator"

// PostColumns are those that [ScanPosts] reads.
const PostColumns = "id, user_id, author, title, body, picture, thumbnail, created_at, version, alt"

// ListColumns are the same, with only the beginning of each text; see
// [ExcerptLength].
const ListColumns = "id, user_id, author, title, left(body, 281) AS body, picture, thumbnail, created_at, version, alt"

const jobColumns = "id, user_id, kind, args, state, progress, attempts, result, error, created_at, updated_at"

const (
	insertUser  = `INSERT INTO users (id, slot, email, name, password_hash) VALUES ($1, $2, $3, $4, $5)`
	userByEmail = `SELECT ` + userColumns + ` FROM users WHERE email = $1`
	userByName  = `SELECT ` + userColumns + ` FROM users WHERE name = $1`
	userByID    = `SELECT ` + userColumns + ` FROM users WHERE id = $1`

	setPassword = `UPDATE users SET password_hash = $2 WHERE id = $1`
	setAbout    = `UPDATE users SET about = $2 WHERE id = $1`
	confirm     = `UPDATE users SET confirmed_at = coalesce(confirmed_at, now()) WHERE id = $1`
	setOperator = `UPDATE users SET operator = $2 WHERE id = $1`
	// What is left of somebody goes in this order; see [Store.Erase].
	erasePosts = `WITH gone AS (DELETE FROM posts WHERE id = ANY(ARRAY(SELECT id FROM posts WHERE user_id = $1 LIMIT $2))
			RETURNING id, picture, thumbnail),
		files AS (INSERT INTO discarded (key, user_id) SELECT key, $1 FROM gone, unnest(ARRAY[picture, thumbnail]) AS key
			WHERE key <> '' ON CONFLICT DO NOTHING),
		told AS (INSERT INTO outbox (id, topic, payload)
			SELECT gen_random_uuid(), 'post.deleted', jsonb_build_object('id', id, 'user_id', $1::uuid) FROM gone)
		SELECT id FROM gone`
	eraseFollows = `DELETE FROM follows WHERE follower_id = $1 OR followee_id = $1`
	eraseViews   = `DELETE FROM post_views WHERE post_id = ANY($1)`
	eraseFiles   = `INSERT INTO discarded (key, user_id) SELECT key, user_id FROM uploads WHERE user_id = $1 ON CONFLICT DO NOTHING`
	// Who works at one of these finds that it is done.
	eraseJobs = `UPDATE jobs SET user_id = '00000000-0000-0000-0000-000000000000', args = '{}', result = '', error = '',
		state = 'done', sent_at = coalesce(sent_at, now()) WHERE user_id = $1`
	eraseUser = `DELETE FROM users WHERE id = $1 RETURNING name`

	insertFollow = `INSERT INTO follows (follower_id, followee_id, slot) SELECT $1::uuid, $2::uuid, $3::smallint
		WHERE (SELECT count(*) FROM follows WHERE follower_id = $1) < $4::int ON CONFLICT DO NOTHING`
	follows      = `SELECT EXISTS (SELECT FROM follows WHERE follower_id = $1 AND followee_id = $2)`
	deleteFollow = `DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2`

	insertPost = `INSERT INTO posts (id, slot, user_id, author, title, body, picture, alt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING created_at`
	updatePost   = `UPDATE posts SET title = $3, body = $4, alt = $5, version = version + 1 WHERE id = $1 AND user_id = $2 RETURNING ` + PostColumns
	deletePost   = `DELETE FROM posts WHERE id = $1 AND user_id = $2 RETURNING picture, thumbnail`
	setThumbnail = `UPDATE posts SET thumbnail = $2, version = version + 1 WHERE id = $1 RETURNING ` + PostColumns
	postByID     = `SELECT ` + PostColumns + ` FROM posts WHERE id = $1`
	newestPosts  = `SELECT ` + ListColumns + ` FROM posts WHERE id < $1 ORDER BY id DESC LIMIT $2`
	postsOfUser  = `SELECT ` + ListColumns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	// WrittenBy lists all that somebody has written, whole.
	WrittenBy   = `SELECT ` + PostColumns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	searchPosts = `SELECT ` + ListColumns + ` FROM posts
		WHERE search @@ websearch_to_tsquery('english', $1) AND id < $2 ORDER BY id DESC LIMIT $3`
	// The newest of each author and then the newest of those: the work grows
	// with the number followed, not with the number of posts.
	feed = `SELECT p.* FROM (SELECT followee_id AS author_id FROM follows WHERE follower_id = $1 UNION SELECT $1) f
		CROSS JOIN LATERAL (SELECT ` + ListColumns + ` FROM posts WHERE user_id = f.author_id AND id < $2 ORDER BY id DESC LIMIT $3) p
		ORDER BY p.id DESC LIMIT $3`
	mostRead = `SELECT ` + PostColumns + ` FROM (SELECT post_id, views FROM post_views ORDER BY views DESC LIMIT $1) v
		JOIN posts ON posts.id = v.post_id ORDER BY v.views DESC`
	viewsOfPost = `SELECT coalesce((SELECT views FROM post_views WHERE post_id = $1), 0)`
	addViews    = `INSERT INTO post_views (post_id, views) SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS v (id, n) ORDER BY id
		ON CONFLICT (post_id) DO UPDATE SET views = post_views.views + excluded.views`

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
	// What nobody has handed to the queue although it was noted some time ago.
	unsentJobs = `UPDATE jobs SET updated_at = now() WHERE id = ANY(ARRAY(
		SELECT id FROM jobs WHERE state IN ('queued', 'running') AND sent_at IS NULL AND updated_at < now() - $1::interval
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
	showsUpload = `SELECT EXISTS (SELECT FROM posts WHERE user_id = $1 AND picture = $2)`

	adoptUploads = `INSERT INTO uploads (key, user_id, size, created_at)
		SELECT f.* FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[]) AS f (key, user_id, size, created_at)
		WHERE NOT EXISTS (SELECT FROM discarded d WHERE d.key = f.key) ON CONFLICT DO NOTHING`
	hasAdopted  = `SELECT EXISTS (SELECT FROM adopted)`
	noteAdopted = `INSERT INTO adopted DEFAULT VALUES`

	noteDiscarded = `INSERT INTO discarded (key, user_id) SELECT key, $1 FROM unnest($2::text[]) AS key WHERE key <> '' ON CONFLICT DO NOTHING`
	takeDiscarded = `UPDATE discarded SET tried_at = now() WHERE key = ANY(ARRAY(
		SELECT key FROM discarded WHERE tried_at < now() - interval '1 minute' ORDER BY tried_at LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING key, user_id`
	forgetDiscarded = `DELETE FROM discarded WHERE key = $1`

	insertEvent = `INSERT INTO outbox (id, topic, payload) VALUES ($1, $2, $3)`
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
	// Everything that is there, told as if it had just been created.
	tellUsers = `WITH page AS (SELECT id, name FROM users WHERE id > $1 ORDER BY id LIMIT $2), told AS (
		INSERT INTO outbox (id, topic, payload) SELECT gen_random_uuid(), 'user.created', jsonb_build_object('id', id, 'name', name) FROM page)
		SELECT id FROM page ORDER BY id DESC LIMIT 1`
	tellPosts = `WITH page AS (SELECT ` + PostColumns + ` FROM posts WHERE id > $1 ORDER BY id LIMIT $2), told AS (
		INSERT INTO outbox (id, topic, payload) SELECT gen_random_uuid(), 'post.created', to_jsonb(page) FROM page)
		SELECT id FROM page ORDER BY id DESC LIMIT 1`
)

// Queries are all queries by name.
func Queries() map[string]string {
	return map[string]string{
		"insertUser": insertUser, "userByEmail": userByEmail, "userByName": userByName, "userByID": userByID,
		"setPassword": setPassword, "setAbout": setAbout, "confirm": confirm, "setOperator": setOperator,
		"erasePosts": erasePosts, "eraseFollows": eraseFollows, "eraseViews": eraseViews, "eraseFiles": eraseFiles,
		"eraseJobs": eraseJobs, "eraseUser": eraseUser, "insertFollow": insertFollow, "follows": follows, "deleteFollow": deleteFollow,
		"insertPost": insertPost, "updatePost": updatePost, "deletePost": deletePost, "setThumbnail": setThumbnail,
		"postByID": postByID, "newestPosts": newestPosts, "postsOfUser": postsOfUser, "writtenBy": WrittenBy, "searchPosts": searchPosts, "feed": feed,
		"mostRead": mostRead, "viewsOfPost": viewsOfPost, "addViews": addViews,
		"saveSession": saveSession, "prolongSession": prolongSession, "sessionByHash": sessionByHash, "endSessions": endSessions, "deleteSession": deleteSession, "deleteExpired": deleteExpired,
		"insertJob": insertJob, "jobByID": jobByID, "jobsOfUser": jobsOfUser, "startJob": startJob, "progressJob": progressJob,
		"finishJob": finishJob, "claimMail": claimMail, "mailSent": mailSent, "settleMail": settleMail, "releaseMail": releaseMail,
		"addUpload": addUpload, "showUpload": showUpload, "dropUpload": dropUpload, "looseUploads": looseUploads, "showsUpload": showsUpload,
		"adoptUploads": adoptUploads, "hasAdopted": hasAdopted, "noteAdopted": noteAdopted,
		"noteDiscarded": noteDiscarded, "takeDiscarded": takeDiscarded, "forgetDiscarded": forgetDiscarded,
		"giveUpJobs": giveUpJobs, "unsentJobs": unsentJobs, "markSent": markSent,
		"insertEvent": insertEvent, "consumeOnce": consumeOnce, "deleteConsumed": deleteConsumed, "deleteRemoved": deleteRemoved,
		"deleteSent": deleteSent, "deleteUntold": deleteUntold, "tellUsers": tellUsers, "tellPosts": tellPosts,
	}
}
