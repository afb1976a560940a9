package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
)

// Bounds of the pools. They are those of the ladder: at least 5 connections,
// at most 20 to the primary and 50 to a replica.
const (
	PoolMin       = 5
	PoolMax       = 20
	ReaderPoolMax = 50
)

// PoolSize is the rule by which pools are sized: two connections for each
// core of the database, which keep it busy, and one for each spindle, of
// which a modern volume counts as one.
func PoolSize(cores, spindles, most int) int {
	return min(max(cores*2+spindles, PoolMin), most)
}

// Read decodes the environment for a role; an empty role is the one that the
// environment names. The error lists every problem.
func Read(role contract.Role, getenv func(string) string) (Settings, error) {
	d := &decoder{getenv: getenv}
	if role == "" {
		role = contract.Role(d.text(contract.EnvRole, string(contract.RoleAll)))
	}
	s := Settings{
		Role:         role,
		Stage:        d.choice(contract.EnvStage, "1", "1", "2", "3", "4", "5", "6"),
		Stack:        d.text(contract.EnvStack, "local"),
		Region:       d.text(contract.EnvRegion, ""),
		Listen:       d.address(contract.EnvListen, ":"+strconv.Itoa(contract.Port)),
		Internal:     d.address(contract.EnvInternalListen, contract.InternalListen),
		LogLevel:     d.level(contract.EnvLogLevel),
		PauseWrites:  d.text(contract.EnvPauseWrites, ""),
		Drain:        d.duration(contract.EnvDrain, contract.DrainSeconds*time.Second, 0, 10*time.Minute),
		AssetsURL:    strings.TrimSuffix(d.link(contract.EnvAssetsURL, "http", "https"), "/"),
		OriginSecret: d.text(contract.EnvOriginSecret, ""),
		Queue:        Queue{URL: d.link(contract.EnvQueueURL, "http", "https"), DeadURL: d.link(contract.EnvDeadQueueURL, "http", "https")},
		Uploads:      Uploads{Bucket: d.text(contract.EnvUploadsBucket, ""), Dir: d.text(contract.EnvUploadsDir, "")},
		Quota:        Quota(d.number(contract.EnvQuota, 200, 1, 1<<20)) << 20,
		Mail:         d.mail(),
		Rate: Rate{IP: d.number(contract.EnvRateIP, 600, 1, 1e9), User: d.number(contract.EnvRateUser, 1200, 1, 1e9),
			Reports: d.number(contract.EnvRateReports, 5, 1, 1e9)},
		Services: Services{Users: d.links(contract.EnvUsersURL), Posts: d.links(contract.EnvPostsURL), Search: d.links(contract.EnvSearchURL)},
		Events:   d.events(),
		Engine:   Engine{URL: strings.TrimSuffix(d.link(contract.EnvEngineURL, "http", "https"), "/"), Secret: d.text(contract.EnvEngineSecret, "")},
	}
	s.PublicURL, _ = url.Parse(d.link(contract.EnvPublicURL, "http", "https"))
	if s.PublicURL != nil && s.PublicURL.Host == "" {
		s.PublicURL = nil
	}
	d.role(role)
	s.CDN = d.cdn()
	s.Proxies, s.OriginProof = d.way(s)
	alone := role == contract.RoleSearch && s.Engine.URL != "" // the engine is its store
	s.Database = d.database(needsDatabase(role) && !alone)
	s.Redis = d.redis(needsRedis(role) && !alone)
	d.needs(s)
	return s, d.err()
}

func (d *decoder) role(role contract.Role) {
	all := append(contract.Roles(), contract.Services()...)
	if !slices.Contains(all, role) {
		d.wrong(contract.EnvRole, string(role), fmt.Sprintf("one of %v", all))
	}
}

// proxies is what stands in front of the app on a stage: a CDN where one is
// named, a load balancer from stage 3.
func proxies(s Settings) int {
	n := 0
	if s.CDN.Kind != "" {
		n++
	}
	if s.Stage >= "3" {
		n++
	}
	return n
}

// way is how many proxies each request has passed, and by what those that have passed the
// CDN as well show it.
func (d *decoder) way(s Settings) (each int, proof string) {
	each, proof = d.number(contract.EnvProxies, proxies(s), 0, contract.MostProxies), d.text(contract.EnvOriginProof, "")
	if proof == "" {
		return each, ""
	}
	if sum, err := hex.DecodeString(proof); err != nil || len(sum) != sha256.Size {
		d.wrong(contract.EnvOriginProof, edge.Brief(proof), "a SHA-256 as 64 hexadecimal digits")
	}
	if s.CDN.Kind != "" {
		each = max(0, each-1)
	}
	return each, strings.ToLower(proof)
}

func (d *decoder) cdn() CDN {
	c := CDN{
		Kind:   d.choice(contract.EnvCDN, "", "cloudfront", "cloudflare"),
		ID:     d.text(contract.EnvCDNDistribution, ""),
		Secret: d.text(contract.EnvCDNSecret, ""),
	}
	if c.Kind == "" && c.ID != "" {
		d.missing(contract.EnvCDN, "cloudfront or cloudflare because "+contract.EnvCDNDistribution+" is set")
	}
	return c
}

func (d *decoder) database(needed bool) Database {
	cores := d.number(contract.EnvDatabaseCores, runtime.NumCPU(), 1, 1024)
	db := Database{
		URL:        d.link(contract.EnvDatabaseURL, "postgres", "postgresql"),
		File:       d.text(contract.EnvDatabaseURLFile, ""),
		Host:       d.text(contract.EnvDatabaseHost, ""),
		Name:       d.text(contract.EnvDatabaseName, ""),
		Port:       d.number(contract.EnvDatabasePort, 5432, 1, 65535),
		Readers:    d.list(contract.EnvDatabaseReaders),
		Secret:     d.text(contract.EnvDatabaseSecret, ""),
		CA:         d.certificates(contract.EnvDatabaseCA),
		Pool:       d.number(contract.EnvDatabasePool, PoolSize(cores, 1, PoolMax), 1, 1000),
		ReaderPool: d.number(contract.EnvReaderPool, PoolSize(cores, 1, ReaderPoolMax), 1, 1000),
	}
	db.Shards, db.Placement = d.shards(db), d.placement()
	given := d.getenv(contract.EnvDatabaseURL) != ""
	switch {
	case given && db.Host != "":
		d.wrong(contract.EnvDatabaseHost, db.Host, "nothing because "+contract.EnvDatabaseURL+" is set")
	case db.Host != "":
		if db.Name == "" {
			d.missing(contract.EnvDatabaseName, "the database's name because "+contract.EnvDatabaseHost+" is set")
		}
		if db.Secret == "" {
			d.missing(contract.EnvDatabaseSecret, "the secret's ARN because "+contract.EnvDatabaseHost+" is set")
		}
	case !given && needed:
		d.missing(contract.EnvDatabaseURL, "postgres://user@host:port/name, or "+contract.EnvDatabaseHost)
	}
	return db
}

func (d *decoder) mail() Mail {
	m := Mail{URL: d.link(contract.EnvMailURL, "smtp", "smtps"), Secret: d.text(contract.EnvMailSecret, ""),
		From: d.text(contract.EnvMailFrom, "app@localhost")}
	if _, err := mail.ParseAddress(m.From); err != nil {
		d.wrong(contract.EnvMailFrom, m.From, "an e-mail address")
	}
	if m.Secret != "" && d.getenv(contract.EnvMailURL) == "" {
		d.missing(contract.EnvMailURL, "smtp://host:port because "+contract.EnvMailSecret+" is set")
	}
	return m
}

func (d *decoder) redis(needed bool) Redis {
	r := Redis{
		URL:     d.link(contract.EnvRedisURL, "redis", "rediss"),
		Secret:  d.text(contract.EnvRedisSecret, ""),
		Cluster: d.flag(contract.EnvRedisCluster),
	}
	if needed && d.getenv(contract.EnvRedisURL) == "" {
		d.missing(contract.EnvRedisURL, "redis://host:port or rediss://host:port")
	}
	return r
}

// needs reports what a role cannot do without beyond the stores.
func (d *decoder) needs(s Settings) {
	switch s.Role {
	case contract.RoleAll, contract.RoleWeb, contract.RoleWorker, contract.RolePosts:
		if s.Uploads == (Uploads{}) {
			d.missing(contract.EnvUploadsDir, "a directory for uploads, or "+contract.EnvUploadsBucket)
		}
	case contract.RoleGateway:
		for name, v := range map[string][]string{contract.EnvUsersURL: s.Services.Users,
			contract.EnvPostsURL: s.Services.Posts, contract.EnvSearchURL: s.Services.Search} {
			if len(v) == 0 && d.getenv(name) == "" {
				d.missing(name, "the service's base URL")
			}
		}
	}
	if s.Queue.URL == "" && s.Queue.DeadURL != "" {
		d.missing(contract.EnvQueueURL, "the queue of jobs because "+contract.EnvDeadQueueURL+" is set")
	}
	if s.Queue.URL != "" && d.getenv(contract.EnvDeadQueueURL) == "" {
		d.missing(contract.EnvDeadQueueURL, "the queue of dead letters because "+contract.EnvQueueURL+" is set")
	}
}

func needsDatabase(role contract.Role) bool { return role != contract.RoleGateway }

func needsRedis(role contract.Role) bool {
	return role != contract.RoleMigrate && role != contract.RoleGateway
}
