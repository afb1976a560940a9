package contract

const (
	// SessionPrefix begins the keys of sessions in Redis.
	SessionPrefix = "s:"
	// SessionKeys is a pattern of them: what a move carries of Redis, as all else there
	// can be made again.
	SessionKeys = SessionPrefix + "*"
)
