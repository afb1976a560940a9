package contract

// ReadPaths are public pages and answers that are only ever read: what a CDN
// may ask of another region while its own does not answer. A trailing *
// matches the rest. What is also written to is not among them, because a write
// must never be sent twice.
func ReadPaths() []string {
	return []string{"/", "/posts/*", "/search*", "/api/search*"}
}
