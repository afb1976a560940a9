// Package published says where the project's own files are read by whoever has the
// executable or a package of it alone.
package published

// Repository is the project's page.
const Repository = "https://github.com/rung-dev/rung"

// Page is the address of a file of the project; path is relative to its root, and may end
// in "#" and a heading.
func Page(path string) string { return Repository + "/blob/main/" + path }
