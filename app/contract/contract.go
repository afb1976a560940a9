// Package contract is all that the app and the infrastructure know of each
// other: the artifact's roles, the environment variables it reads, the ports
// and paths it serves. Both sides import it; it imports nothing of rung.
//
// The app is one static binary. The infrastructure puts it on a machine,
// writes the environment below into a file, and starts it with a role.
package contract

// Role is the subcommand with which the binary is started.
type Role string

const (
	// RoleAll runs everything in one process: stages 1 and 2.
	RoleAll Role = "all"
	// RoleWeb serves requests and leaves jobs to the workers.
	RoleWeb Role = "web"
	// RoleWorker takes jobs from the queue.
	RoleWorker Role = "worker"
	// RoleMigrate brings the database schema up to date and exits.
	RoleMigrate Role = "migrate"
	// RoleUsers, RolePosts and RoleSearch are the services of stage 4, each
	// with its own store; RoleGateway routes requests to them.
	RoleUsers   Role = "users"
	RolePosts   Role = "posts"
	RoleSearch  Role = "search"
	RoleGateway Role = "gateway"
)

// Roles lists every role of stages 1 to 3 in the order of the documentation.
func Roles() []Role { return []Role{RoleAll, RoleWeb, RoleWorker, RoleMigrate} }

// Services lists the roles that stage 4 adds.
func Services() []Role { return []Role{RoleUsers, RolePosts, RoleSearch, RoleGateway} }

const (
	// Port is where the app serves HTTP.
	Port = 8080
	// InternalPort is where the app serves metrics and profiles, never to the world.
	InternalPort = 9090
	// InternalListen is the address of that where nobody names another: this
	// machine alone, where the agent that collects metrics is.
	InternalListen = "127.0.0.1:9090"
	// HealthPath is what a balancer asks before it sends requests here: it
	// answers 503 during the drain and where this process alone is broken, and
	// asks nobody else. A database that is away fails nobody's health: all
	// would leave together, and none would be better elsewhere.
	HealthPath = "/health"
	// ReadyPath answers as HealthPath does, and says what is known of what
	// the app depends on: a pool that is full is not a database that is away.
	ReadyPath = "/ready"
	// StatusPath answers 503 while something is away without which nothing
	// can be written, and says what. It is for alarms and for a choice between
	// whole regions, never for a balancer that chooses between servers.
	StatusPath = "/status"
	// ProfilePath serves Go profiles on InternalPort.
	ProfilePath = "/debug/pprof/"
	// MetricsPath serves Prometheus metrics on InternalPort.
	MetricsPath = "/metrics"
	// StaticPrefix is the path under which versioned files are served; what
	// is below it never changes under the same name.
	StaticPrefix = "/static/"
	// APIPrefix is the path of the API; answers carry their own Cache-Control.
	APIPrefix = "/api/"
)

// PrivatePaths are user-specific or real-time and must never be cached by
// anything that is shared. A trailing * matches the rest.
func PrivatePaths() []string {
	return []string{"/api/me*", "/api/feed*", "/api/jobs*", "/api/sessions*", "/login*", "/logout*", "/signup*"}
}

// AccountPages are the pages that are about somebody's account, which the users service
// answers from stage 4 on. A trailing * matches the rest.
func AccountPages() []string {
	return []string{"/signup*", "/login*", "/account*", "/forgot*", "/reset*", "/confirm*"}
}

// The environment variables. A secret is never in the environment itself:
// the variable names the secret in Secrets Manager.
const (
	// EnvRole is the role, one of Roles.
	EnvRole = "APP_ROLE"
	// EnvListen is the address to serve on, ":8080" when empty.
	EnvListen = "APP_LISTEN"
	// EnvStage is the stage, "1" to "6".
	EnvStage = "APP_STAGE"
	// EnvStack is the stack's name, for logs and metrics.
	EnvStack = "APP_STACK"
	// EnvRegion is the AWS region.
	EnvRegion = "AWS_REGION"
	// EnvDatabaseURL is a complete PostgreSQL URL; used where PostgreSQL
	// runs beside the app and needs no password (a Unix socket).
	EnvDatabaseURL = "DATABASE_URL"
	// EnvDatabaseHost is the primary's host name.
	EnvDatabaseHost = "DATABASE_HOST"
	// EnvDatabasePort is the primary's port.
	EnvDatabasePort = "DATABASE_PORT"
	// EnvDatabaseName is the database's name.
	EnvDatabaseName = "DATABASE_NAME"
	// EnvDatabaseReaders are the replicas' host names, separated by commas;
	// empty means that the primary also answers reads.
	EnvDatabaseReaders = "DATABASE_READERS"
	// EnvDatabaseSecret is the ARN of the secret with "username" and
	// "password" as JSON.
	EnvDatabaseSecret = "DATABASE_SECRET_ARN"
	// EnvDatabaseCA is the path of a file with the certificates of those who
	// vouch for the database servers that EnvDatabaseHost and its kin name, as
	// PEM; on RDS that is Amazon's global bundle. The system's own are trusted
	// beside it, for a proxy has one of those. Empty means that connections
	// are encrypted, but to whom is not checked.
	EnvDatabaseCA = "DATABASE_CA"
	// EnvRedisURL is the cache's URL: redis://… or, with TLS, rediss://….
	EnvRedisURL = "REDIS_URL"
	// EnvRedisSecret is the ARN of the secret that holds the cache's token.
	EnvRedisSecret = "REDIS_SECRET_ARN"
	// EnvRedisCluster is "true" where the client must speak the cluster protocol.
	EnvRedisCluster = "REDIS_CLUSTER"
	// EnvQueueURL is the SQS queue of jobs; empty means that jobs go through
	// the database.
	EnvQueueURL = "QUEUE_URL"
	// EnvDeadQueueURL is the dead-letter queue.
	EnvDeadQueueURL = "DEAD_QUEUE_URL"
	// EnvUploadsBucket is the S3 bucket of uploads; empty means EnvUploadsDir.
	EnvUploadsBucket = "UPLOADS_BUCKET"
	// EnvUploadsDir is the directory of uploads on stage 1.
	EnvUploadsDir = "UPLOADS_DIR"
	// EnvCDN is the kind of CDN in front: "cloudfront", "cloudflare" or empty.
	EnvCDN = "CDN"
	// EnvCDNDistribution is the CloudFront distribution or Cloudflare zone to purge.
	EnvCDNDistribution = "CDN_ID"
	// EnvAssetsURL is the base URL of static files; empty means the app itself.
	EnvAssetsURL = "ASSETS_URL"
	// EnvOriginSecret is the ARN of the secret that requests from the CDN
	// carry in OriginHeader; empty means that any request is served.
	EnvOriginSecret = "ORIGIN_SECRET_ARN"
	// EnvOriginProof is the SHA-256, in hexadecimal digits, of what requests from the CDN
	// carry in OriginHeader. Who carries it has come past the CDN, who does not has come past
	// one proxy less, whatever EnvCDN says: a CDN comes and goes while people ask, and they
	// come both ways meanwhile. Empty means that all have come past what EnvProxies counts.
	EnvOriginProof = "ORIGIN_SECRET_SHA256"
)

// Variables that have a default which suits every stage; the infrastructure
// sets them only to depart from it.
const (
	// EnvInternalListen is the address of metrics and profiles, InternalListen
	// when empty: who is on another machine sees them only where somebody says so.
	EnvInternalListen = "APP_INTERNAL_LISTEN"
	// EnvLogLevel is "debug", "info", "warn" or "error"; empty means "info".
	EnvLogLevel = "APP_LOG_LEVEL"
	// EnvDrain is how long the app may take to stop, a Go duration; empty
	// means DrainSeconds.
	EnvDrain = "APP_DRAIN"
	// EnvProxies is how many proxies in front append to X-Forwarded-For, the CDN among
	// them where EnvCDN names one; empty means what the stage has: one for a CDN, one
	// for a load balancer.
	EnvProxies = "APP_PROXIES"
	// EnvPauseWrites names a file: while it is there, requests that write wait and
	// reads are answered. It is for the moment in which a move changes databases
	// (`rung handover`); empty means that nothing ever waits.
	EnvPauseWrites = "PAUSE_WRITES"
	// EnvDatabaseURLFile names a file that holds a postgres:// URL: while it is there,
	// the app goes to that database in place of the one of EnvDatabaseURL, without
	// being started anew. It is for a move as well; empty means that nothing leads
	// the app elsewhere.
	EnvDatabaseURLFile = "DATABASE_URL_FILE"
	// EnvPublicURL is where people reach the app, such as https://example.com;
	// with https, cookies are marked Secure.
	EnvPublicURL = "APP_PUBLIC_URL"
	// EnvDatabaseCores is the number of cores of a database server, from which
	// pools are sized; empty means as many as this machine has.
	EnvDatabaseCores = "DATABASE_CORES"
	// EnvDatabasePool is the largest number of connections to the primary;
	// empty means cores*2+1 within 5 and 20.
	EnvDatabasePool = "DATABASE_POOL"
	// EnvReaderPool is the same for one replica, within 5 and 50.
	EnvReaderPool = "DATABASE_READER_POOL"
	// EnvShards are the primaries of further databases over which users are
	// spread: shards 2, 3 and so on, host or host:port or a postgres:// URL
	// each, separated by commas; empty means that one database holds
	// everything. Shards are only ever added at the end. Every server must
	// know of them before `app shards` moves users there.
	EnvShards = "DATABASE_SHARDS"
	// EnvShardSecrets are the ARNs of the shards' secrets, in the same order;
	// empty means that EnvDatabaseSecret is theirs, too.
	EnvShardSecrets = "DATABASE_SHARD_SECRETS"
	// EnvShardReaders are the shards' replicas: pairs of a shard's number and a
	// host, "2=host,2=host,3=host"; empty means that primaries answer reads.
	EnvShardReaders = "DATABASE_SHARD_READERS"
	// EnvPlacement is how people who sign up are spread: "hash", which empty
	// means, "geo:us-east-1,eu-west-1" by the region of the server
	// (EnvRegion), or "range:2026-01-01,2027-01-01" by the day. People who are
	// there stay where they are. Every server must be told the same.
	EnvPlacement = "DATABASE_PLACEMENT"
	// EnvRateIP and EnvRateUser are the requests per minute that one address
	// and one user may make; empty means 600 and 1200.
	EnvRateIP   = "RATE_LIMIT_IP"
	EnvRateUser = "RATE_LIMIT_USER"
	// EnvRateReports is how many reports one user may ask for in an hour; empty
	// means 5.
	EnvRateReports = "RATE_LIMIT_REPORTS"
	// EnvQuota is how many megabytes of pictures and reports one person may
	// keep; empty means 200.
	EnvQuota = "UPLOADS_QUOTA_MB"
	// EnvMailURL is the mail server: smtp://host:port for STARTTLS or
	// smtps://host:port for TLS from the first byte, with or without
	// user:password@ before the host; empty means that mail is written below
	// EnvUploadsDir or, without one, only logged. A server that wants a log-in
	// must offer TLS and show a certificate for its name that this machine
	// trusts.
	EnvMailURL = "MAIL_URL"
	// EnvMailSecret is the ARN of the secret with the log-in at the mail
	// server, JSON with "username" and "password" (for SES, its SMTP
	// credentials); empty means what EnvMailURL says.
	EnvMailSecret = "MAIL_SECRET_ARN"
	// EnvMailFrom is the sender's address.
	EnvMailFrom = "MAIL_FROM"
	// EnvCDNSecret is the ARN of the secret with the API token of the CDN
	// (Cloudflare; CloudFront uses the instance's role).
	EnvCDNSecret = "CDN_SECRET_ARN"
	// EnvUsersURL, EnvPostsURL and EnvSearchURL are the base URLs of the
	// services, in Cloud Map or a static list.
	EnvUsersURL  = "USERS_URL"
	EnvPostsURL  = "POSTS_URL"
	EnvSearchURL = "SEARCH_URL"
)

// OriginHeader is the header by which the CDN shows that a request came
// through it.
const OriginHeader = "X-Origin-Verify"

// ProxiesHeader is the header in which the CDN says how many of our own proxies a request
// passes on its way to the app, the CDN among them: it knows of each request whether it sends
// it to a server or to a load balancer. It counts in place of EnvProxies where the request shows
// the CDN's secret as well.
const ProxiesHeader = "X-Origin-Proxies"

// MostProxies is how many of our own proxies there may be before the app.
const MostProxies = 10

const (
	// BootSeconds is how long an instance needs from launch to ready: the
	// operating system, the download and the app's start. Health checks give
	// that much grace.
	BootSeconds = 120
	// PauseSeconds is how long a request waits at most while EnvPauseWrites holds
	// writes back; then it is refused, to be sent again.
	PauseSeconds = 5
	// DrainSeconds is how long the app may take to finish requests after it
	// was told to stop.
	DrainSeconds = 30
	// JobConcurrency is how many jobs one worker runs at a time.
	JobConcurrency = 5
	// JobAttempts is how often a job is tried before it is a dead letter.
	JobAttempts = 3
	// JobSeconds is the longest that a job may take; the queue hides a job
	// for six times that long.
	JobSeconds = 60
)

// The metrics that alarms and dashboards use, as the app names them on
// MetricsPath.
const (
	MetricRequests    = "http_requests_total"
	MetricDuration    = "http_request_duration_seconds"
	MetricConnections = "active_connections"
	MetricQueue       = "job_queue_length"
	MetricPool        = "db_pool_connections"
	MetricLag         = "db_replica_lag_seconds"
	MetricCache       = "cache_requests_total"
)
