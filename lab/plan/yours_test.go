package plan

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/lab/unit"
)

// Somebody's own app serves at its own port and is asked for its own path, in each of its
// parts; a worker serves nothing, and is well while it runs. The recording is of
// lab/tests/testdata/counter, `rung up 4 --set services.weights=orders=100,mail=100`.
func TestOwnServicesAreAskedAsTheyServe(t *testing.T) {
	out := until(t, input(recorded(t, "yours4")))
	for _, group := range []string{"web", "orders-service", "mail-service"} {
		u, text := app(out, group)
		assert.Equal(t, unit.Health{Kind: unit.HTTP, Port: 8090, Path: "/alive"}, u.Health, group)
		assert.Equal(t, 8090, u.Ports[0], group)
		assert.Contains(t, text, "APP_LISTEN="+u.Address+":8090\n", group)
		assert.Contains(t, text, "NODE_EXTRA_CA_CERTS=/lab/ca/ca.pem\n", group)
		assert.NotContains(t, text, ".internal", group)
	}
	worker, _ := app(out, "workers")
	assert.Equal(t, unit.Health{}, worker.Health)
	require.Equal(t, "worker", worker.Program[1])
}

// A service is handed its own database and no other, or none; its release runs there.
func TestOwnServicesHaveTheirOwnDatabases(t *testing.T) {
	out := until(t, input(recorded(t, "yours4")))
	at := map[string]string{}
	for _, u := range out.Units {
		for _, name := range []string{"dev-orders-database-primary", "dev-database-primary"} {
			if strings.HasPrefix(u.Name, name) && strings.HasSuffix(u.Name, "/postgresql") {
				at[name] = u.Address
			}
		}
	}
	require.Len(t, at, 2)
	orders, ordersText := app(out, "orders-service")
	assert.Contains(t, ordersText, "@"+at["dev-orders-database-primary"]+":5432/")
	assert.NotContains(t, ordersText, at["dev-database-primary"]+":5432")
	require.Len(t, orders.Prepare, 1)
	assert.Equal(t, "release-orders", orders.Prepare[0].Program[1])
	_, web := app(out, "web")
	assert.Contains(t, web, "@"+at["dev-database-primary"]+":5432/")
	assert.Contains(t, web, "ORDERS_SERVICE_URL=http://"+first(t, out, "HAProxy for inner-alb").Address+"\n")
	_, mail := app(out, "mail-service")
	assert.NotContains(t, mail, "DATABASE_URL=")
}
