package manifest

// The variables that rung hands over under their usual names. Rung's own, which
// the bundled app reads (docs/your-app.md), are there beside them.
const (
	VarPort = "PORT"
	// VarDatabaseURL is a postgres:// URL with user and password.
	VarDatabaseURL = "DATABASE_URL"
	// VarRedisURL is a redis:// or, with TLS, rediss:// URL with its token.
	VarRedisURL = "REDIS_URL"
	// VarQueueURL is the URL of an SQS queue.
	VarQueueURL = "QUEUE_URL"
	// VarUploadsDir is a folder, on stages 1 and 2; VarUploadsBucket a bucket.
	VarUploadsDir    = "UPLOADS_DIR"
	VarUploadsBucket = "UPLOADS_BUCKET"
)

// variables are what each need hands over.
var variables = map[Need][]string{
	Database: {VarDatabaseURL}, Cache: {VarRedisURL}, Queue: {VarQueueURL}, Uploads: {VarUploadsDir, VarUploadsBucket},
}

// Variables are the variables of a need.
func (n Need) Variables() []string { return variables[n] }

// handed are the variables that the app cannot set itself.
func (a App) handed() []string {
	all := []string{VarPort}
	for _, n := range a.Needs {
		all = append(all, n.Variables()...)
	}
	for _, s := range a.Services {
		all = append(all, s.URLVariable())
		if s.Store == OwnStore {
			all = append(all, VarDatabaseURL)
		}
	}
	return all
}
