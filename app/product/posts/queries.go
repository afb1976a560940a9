package posts

import (
	"github.com/rung-dev/rung/app/shard"
)

const columns = "id, user_id, author, title, body, picture, thumbnail, created_at, version, alt"

// listColumns are the same, with only the beginning of each text; see
// [ExcerptLength].
const listColumns = "id, user_id, author, title, left(body, 281) AS body, picture, thumbnail, created_at, version, alt"

const (
	insertPost = `INSERT INTO posts (id, slot, user_id, author, title, body, picture, alt)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING created_at`
	updatePost   = `UPDATE posts SET title = $3, body = $4, alt = $5, version = version + 1 WHERE id = $1 AND user_id = $2 RETURNING ` + columns
	deletePost   = `DELETE FROM posts WHERE id = $1 AND user_id = $2 RETURNING picture, thumbnail`
	setThumbnail = `UPDATE posts SET thumbnail = $2, version = version + 1 WHERE id = $1 RETURNING ` + columns
	postsByID    = `SELECT ` + columns + ` FROM posts WHERE id = ANY($1) ` + shard.Owned
	newestPosts  = `SELECT ` + listColumns + ` FROM posts WHERE id < $1 ` + shard.Owned + ` ORDER BY id DESC LIMIT $2`
	searchPosts  = `SELECT ` + listColumns + ` FROM posts
		WHERE search @@ websearch_to_tsquery('english', $1) AND id < $2 ` + shard.Owned + ` ORDER BY id DESC LIMIT $3`
	postsOfUser = `SELECT ` + listColumns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	// All that somebody has written, whole.
	writtenBy = `SELECT ` + columns + ` FROM posts WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3`
	// The newest of each author and then the newest of those: the work grows
	// with the number followed, not with the number of posts.
	feed = `SELECT p.* FROM (SELECT followee_id AS author_id FROM follows WHERE follower_id = $1 UNION SELECT $1) f
		CROSS JOIN LATERAL (SELECT ` + listColumns + ` FROM posts WHERE user_id = f.author_id AND id < $2 ORDER BY id DESC LIMIT $3) p
		ORDER BY p.id DESC LIMIT $3`
	// The same of authors who are known.
	feedOf = `SELECT p.* FROM unnest($1::uuid[]) AS a (id) CROSS JOIN LATERAL (SELECT ` + listColumns + ` FROM posts
		WHERE user_id = a.id AND id < $2 ` + shard.Owned + ` ORDER BY id DESC LIMIT $3) p ORDER BY p.id DESC LIMIT $3`
	followees   = `SELECT followee_id FROM follows WHERE follower_id = $1 LIMIT $2`
	mostRead    = `SELECT post_id FROM post_views ORDER BY magnitude DESC LIMIT $1`
	viewsOfPost = `SELECT coalesce((SELECT views FROM post_views WHERE post_id = $1), 0)`
	addViews    = `INSERT INTO post_views (post_id, views) SELECT * FROM unnest($1::uuid[], $2::bigint[]) AS v (id, n) ORDER BY id
		ON CONFLICT (post_id) DO UPDATE SET views = post_views.views + excluded.views`
	showsUpload = `SELECT EXISTS (SELECT FROM posts WHERE user_id = $1 AND picture = $2)`

	insertFollow = `INSERT INTO follows (follower_id, followee_id, slot) SELECT $1::uuid, $2::uuid, $3::smallint
		WHERE (SELECT count(*) FROM follows WHERE follower_id = $1) < $4::int ON CONFLICT DO NOTHING`
	follows      = `SELECT EXISTS (SELECT FROM follows WHERE follower_id = $1 AND followee_id = $2)`
	deleteFollow = `DELETE FROM follows WHERE follower_id = $1 AND followee_id = $2`

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
	// Everything that is there, told as if it had just been created.
	tellPosts = `WITH page AS (SELECT ` + columns + ` FROM posts WHERE id > $1 ORDER BY id LIMIT $2), told AS (
		INSERT INTO outbox (id, topic, payload) SELECT gen_random_uuid(), 'post.created', to_jsonb(page) FROM page)
		SELECT id FROM page ORDER BY id DESC LIMIT 1`
)
