package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServices(t *testing.T) {
	app, err := Parse([]byte(`
directory: .
commands: {web: node server.js}
needs: [database]
services:
  - name: orders
    paths: [/api/orders/special, "/api/orders*", /cart]
    command: node orders.js
    store: own
    release: node migrate-orders.js
  - {name: mail-out, paths: ["/api/mail?"], command: [node, mail.js], store: shared}
  - {name: pages, paths: ["/*.html"], command: node pages.js}
`))
	require.NoError(t, err)
	require.Len(t, app.Services, 3)
	assert.Equal(t, Service{Name: "orders", Paths: []string{"/api/orders/special", "/api/orders*", "/cart"},
		Store: OwnStore, Command: &Command{Line: "node orders.js"}, Release: &Command{Line: "node migrate-orders.js"}}, app.Services[0])
	assert.Equal(t, "MAIL_OUT_SERVICE_URL", app.Services[1].URLVariable())
	assert.Empty(t, app.Services[2].Store, "none")

	text, err := app.JSON()
	require.NoError(t, err)
	again, err := Parse([]byte(text))
	require.NoError(t, err)
	assert.Equal(t, app, again, "the configuration has the file's schema")
	one, err := Parse([]byte(`{binary: a, services: [{name: a, paths: [/a]}]}`))
	require.NoError(t, err, "a binary serves the same on other machines")
	assert.Nil(t, one.Services[0].Command)
	none, err := Parse([]byte(`{binary: a, services: []}`))
	require.NoError(t, err)
	assert.Empty(t, none.Services)
}

func TestWrongServicesNameEverything(t *testing.T) {
	many := make([]string, maxServices+1)
	for i := range many {
		many[i] = fmt.Sprintf("{name: s%d, paths: [/%d]}", i, i)
	}
	for name, tt := range map[string]struct {
		give string // below services
		want []string
	}{
		"no list":        {"{name: a}", []string{`services: got "a mapping", want a list of services`}},
		"no mappings":    {"[orders, 3]", []string{`services[0]: got "orders", want a mapping of name, paths, command, store, release`, `services[1]: got "3"`}},
		"nothing":        {"[{}]", []string{"services[0].name: required", "services[0].paths: required"}},
		"unknown keys":   {"[{name: a, paths: [/a], path: /b, port: 3}]", []string{"services[0].path: unknown key; did you mean paths?", "services[0].port: unknown key"}},
		"names":          {"[{name: Orders, paths: [/a]}, {name: a--b, paths: [/b]}, {name: " + strings.Repeat("a", 21) + ", paths: [/c]}, {name: 3, paths: [/d]}]", []string{`services[0].name: got "Orders"`, `services[1].name: got "a--b"`, "at most 20", `services[3].name: got "3"`}},
		"rung's names":   {"[{name: web, paths: [/a]}, {name: health, paths: [/b]}, {name: shop-euw1, paths: [/c]}, {name: x-shard, paths: [/d]}]", []string{`got "web", rung has something else of that name: want another, such as web-api`, `got "health"`, `got "shop-euw1", rung calls regions and shards`, `got "x-shard"`}},
		"a name twice":   {"[{name: a, paths: [/a]}, {name: a, paths: [/b]}]", []string{`services[1].name: got "a", stands twice`}},
		"paths":          {"[{name: a, paths: /a}, {name: b, paths: [a, '/*', /, '/b c']}, {name: c, paths: []}]", []string{`services[0].paths: got "/a", want a list of paths`, `services[1].paths[0]: got "a", want a path such as`, `services[1].paths[1]: got "/*", that is all of the app`, `services[1].paths[2]: got "/"`, `services[1].paths[3]`, "services[2].paths: required"}},
		"too many paths": {"[{name: a, paths: [/a, /b, /c, /d, /e]}]", []string{`services[0].paths: got "5 paths", want at most 4`}},
		"a path twice":   {"[{name: a, paths: [/a, /a]}, {name: b, paths: [/a]}]", []string{`services[0].paths[1]: got "/a", stands twice`, `services[1].paths[0]: got "/a", never reached: a takes /a, and stands first`}},
		"a wide path":    {"[{name: a, paths: ['/api/*']}, {name: b, paths: ['/api/b*', /b]}]", []string{`services[1].paths[0]: got "/api/b*", never reached: a takes /api/*`}},
		"commands":       {"[{name: a, paths: [/a], command: '', release: {}}]", []string{"services[0].command: got", "services[0].release: got"}},
		"stores":         {"[{name: a, paths: [/a], store: mysql}, {name: b, paths: [/b], store: shared}, {name: c, paths: [/c], release: x}]", []string{`services[0].store: got "mysql", want one of none, shared, own`, `services[1].store: got "shared", the app has no database to share`, "services[2].release: it runs in the service's own database"}},
		"too many":       {"[" + strings.Join(many, ", ") + "]", []string{`services: got "21 services", want at most 20`}},
		"all at once":    {"[{name: Web, paths: [x], store: y, command: ''}]", []string{"4 problems"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte("binary: a\nservices: " + tt.give))
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
	_, err := Parse([]byte("directory: .\ncommands: {web: x}\nservices: [{name: a, paths: [/a]}]\n" +
		"environment: {A_SERVICE_URL: x}"))
	require.ErrorContains(t, err, "services[0].command: required: what serves at PORT")
	require.ErrorContains(t, err, "environment.A_SERVICE_URL: rung hands this one over itself")
	_, err = Parse([]byte("binary: a\nservices: [{name: a, paths: [/a], store: own}]\nenvironment: {DATABASE_URL: x}"))
	require.ErrorContains(t, err, "environment.DATABASE_URL: rung hands this one over itself")
}

func TestWhatAPatternCovers(t *testing.T) {
	for _, tt := range []struct {
		wide, narrow string
		want         bool
	}{
		{"/a*", "/a", true}, {"/a*", "/a/b*", true}, {"/a", "/a*", false}, {"/a?", "/ab", true}, {"/a?", "/a*", false},
		{"/*.html", "/x.html", true}, {"/a.b", "/axb", false}, {"/a+", "/aa", false},
	} {
		assert.Equal(t, tt.want, covers(tt.wide, tt.narrow), "%s covers %s", tt.wide, tt.narrow)
	}
}
