package whole

// SyncFolder does nothing: Windows has no such call for a folder.
func SyncFolder(string) error { return nil }
