// Package settings reads all that the app is told from outside: its
// environment. It decodes into one typed struct, applies every default in one
// place, and reports every problem at once with the variable's name. The
// names are those of package contract; nothing else is read anywhere.
package settings

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/edge"
)

// Settings is what the app was told. The zero value is not usable: see [Read].
type Settings struct {
	Role         contract.Role
	Stage, Stack string
	Region       string

	// Listen serves people, Internal serves metrics and profiles.
	Listen, Internal string
	LogLevel         slog.Level
	// Drain is how long the app may take to stop.
	Drain time.Duration
	// PauseWrites is the file that holds writes back while it is there; empty means
	// that none does.
	PauseWrites string
	// Proxies is how many trusted proxies append to X-Forwarded-For of every request; with
	// an OriginProof, the CDN is not among them.
	Proxies int
	// OriginProof is the SHA-256 of what the CDN's requests carry, in hexadecimal digits;
	// empty counts the CDN among the Proxies.
	OriginProof string
	// PublicURL is where people reach the app; nil when nobody said.
	PublicURL *url.URL

	Database Database
	Redis    Redis
	Queue    Queue
	Uploads  Uploads
	Quota    Quota
	CDN      CDN
	Mail     Mail
	Rate     Rate
	Services Services
	Events   Events
	Engine   Engine

	// AssetsURL is the base of static files, without a slash at the end;
	// empty means the app itself.
	AssetsURL string
	// OriginSecret is the ARN of the secret that requests must carry.
	OriginSecret string
}

// Database says where PostgreSQL is, either by URL or by parts.
type Database struct {
	URL string
	// File leads to another database than URL while it is there; empty is none.
	File       string
	Host, Name string
	Port       int
	// Readers are host, host:port or complete postgres:// URLs.
	Readers []string
	// Secret is the ARN of the user name and password.
	Secret string
	// CA is a file of certificates; with it servers that are named by parts
	// must show one that these vouch for.
	CA string
	// Shards are further databases over which users are spread, shard 2 first.
	Shards []Shard
	// Placement is how people who sign up are spread over them.
	Placement Placement
	// Pool and ReaderPool are the largest numbers of connections.
	Pool, ReaderPool int
}

// Shard is a further database.
type Shard struct {
	// Primary and Readers are host:port or complete postgres:// URLs.
	Primary string
	Readers []string
	// Secret is the ARN of the user name and password.
	Secret string
}

// Placement is by hash when it is zero; else one of the two is given.
type Placement struct {
	// Regions share the slots evenly, in this order.
	Regions []string
	// Days begin a range each, the second one first.
	Days []time.Time
}

// Redis says where the cache is. The zero value is no cache at all, which
// only the roles that need none have.
type Redis struct {
	URL, Secret string
	Cluster     bool
}

// Queue names the SQS queues; empty URLs mean jobs in the database.
type Queue struct{ URL, DeadURL string }

// Uploads is a bucket or, without one, a directory.
type Uploads struct{ Bucket, Dir string }

// Quota is how much one person may keep there, in bytes.
type Quota int64

// CDN is what must be told of changed paths.
type CDN struct{ Kind, ID, Secret string }

// Mail is the mail server, and the ARN of the secret by which to log in there.
type Mail struct{ URL, Secret, From string }

// Rate is how many requests a minute one address and one user may make, and how
// many reports an hour one user may ask for.
type Rate struct{ IP, User, Reports int }

// Services are the base URLs of the services of stage 4, one or several each.
type Services struct{ Users, Posts, Search []string }

// Engine is the search engine; without a URL the database searches.
type Engine struct {
	URL string
	// Secret is the ARN of the user name and password; without one requests
	// are signed by the instance's role.
	Secret string
}

// Events say how a service tells others of what has happened, and hears of it.
type Events struct {
	// Topics are the SNS topics to publish to, ARNs by kind.
	Topics map[string]string
	// Subscribers are who is told by HTTP where there is no SNS: base URLs of
	// internal ports by kind.
	Subscribers map[string][]string
	// QueueURL is the SQS queue to take events from.
	QueueURL string
}

// Way is what requests pass before they are here.
func (s Settings) Way() edge.Way {
	return edge.Way{Proxies: s.Proxies, Proof: s.OriginProof, Shown: contract.OriginHeader,
		Says: contract.ProxiesHeader}
}

// Secure says whether people reach the app by https, so that cookies must
// never travel without it.
func (s Settings) Secure() bool { return s.PublicURL != nil && s.PublicURL.Scheme == "https" }
