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
	// RoleAll runs everything in one process: rungs 1 and 2.
	RoleAll Role = "all"
	// RoleWeb serves requests and leaves jobs to the workers.
	RoleWeb Role = "web"
	// RoleWorker takes jobs from the queue.
	RoleWorker Role = "worker"
	// RoleMigrate brings the database schema up to date and exits.
	RoleMigrate Role = "migrate"
)

// Roles lists every role in the order of the documentation.
func Roles() []Role { return []Role{RoleAll, RoleWeb, RoleWorker, RoleMigrate} }

const (
	// Port is where the app serves HTTP.
	Port = 8080
	// InternalPort is where the app serves metrics and profiles, never to the world.
	InternalPort = 9090
	// HealthPath answers 200 while the process lives.
	HealthPath = "/health"
	// ReadyPath answers 200 while the app can serve: it fails during the
	// drain and while a dependency that it cannot do without is away.
	ReadyPath = "/ready"
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

// The environment variables. A secret is never in the environment itself:
// the variable names the secret in Secrets Manager.
const (
	// EnvRole is the role, one of Roles.
	EnvRole = "APP_ROLE"
	// EnvListen is the address to serve on, ":8080" when empty.
	EnvListen = "APP_LISTEN"
	// EnvStage is the rung, "1" to "6".
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
	// EnvUploadsDir is the directory of uploads on rung 1.
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
)

// OriginHeader is the header by which the CDN shows that a request came
// through it.
const OriginHeader = "X-Origin-Verify"

const (
	// BootSeconds is how long an instance needs from launch to ready: the
	// operating system, the download and the app's start. Health checks give
	// that much grace.
	BootSeconds = 120
	// DrainSeconds is how long the app may take to finish requests after it
	// was told to stop.
	DrainSeconds = 30
	// JobSeconds is the longest that a job may take; the queue hides a job
	// for six times that long.
	JobSeconds = 60
)
