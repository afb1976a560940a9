package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const twoServices = `{"binary":"a","services":[{"name":"orders","paths":["/orders*"],"store":"own"},{"name":"mail","paths":["/mail"]}]}`

// What is counted for rung's own app is counted for the services that there are.
func TestYourServicesAreCounted(t *testing.T) {
	c, err := Parse(map[string]string{"stage": "5", "app": twoServices, "services.weights": "orders=20"})
	require.NoError(t, err)
	assert.Equal(t, []string{"orders", "mail"}, c.ServiceNames())
	assert.Equal(t, []string{"orders"}, c.OwnDatabases())
	assert.Equal(t, 1, c.Database.Shards, "an app that does not say so spreads nothing")
	assert.Equal(t, c.Web.Max+c.Workers.Max+2*c.Services.Max, c.mostMachines())
	bundled, err := Parse(map[string]string{"stage": "5"})
	require.NoError(t, err)
	assert.Equal(t, 2, bundled.Database.Shards)
	assert.Greater(t, bundled.mostStores(), c.mostStores(), "no search engine")
	_, err = Parse(map[string]string{"stage": "4", "app": `{"binary":"a"}`, "services.min": "1"})
	require.NoError(t, err, "nothing has that many")
}

// The words by which rung tells regions apart are no part of a service's name.
func TestServicesAreNotCalledAsRegionsAre(t *testing.T) {
	for _, name := range Regions() {
		app := fmt.Sprintf(`{"binary":"a","services":[{"name":"x-%s","paths":["/x"]}]}`, Code(name))
		_, err := Parse(map[string]string{"stage": "4", "app": app})
		assert.ErrorContains(t, err, "rung calls regions and shards by words such as", name)
	}
}

func TestYourOwnApp(t *testing.T) {
	for name, tt := range map[string]struct {
		give map[string]string
		want []string // parts of the error; none means that it is good
	}{
		"a binary":            {give: map[string]string{"stage": "1", "app": `{"binary":"bin/shop","port":3000}`}},
		"each problem by key": {give: map[string]string{"stage": "1", "app": `{"binary":"a","prot":1,"port":80}`}, want: []string{"2 problems", "rung:app.prot: unknown key; did you mean port?", `rung:app.port: got "80", want a whole number`}},
		"no description":      {give: map[string]string{"stage": "1", "app": "shop"}, want: []string{`rung:app: got "shop", want a mapping`}},
		"beside a binary":     {give: map[string]string{"stage": "1", "app": `{"binary":"a"}`, "artifact": "b"}, want: []string{"rung:artifact", "contradicts the app"}},
		"on a later stage":    {give: map[string]string{"stage": "6", "app": `{"binary":"a","port":3000}`}},
		"a share of nobody":   {give: map[string]string{"stage": "4", "app": `{"binary":"a"}`, "services.weights": "users=1"}, want: []string{"rung:services.weights", "users: the app has no services: want none, or list them in services of rung.yaml"}},
		"a share of another": {give: map[string]string{"stage": "4", "app": twoServices, "services.weights": "orders=1,posts=3,users=5"}, want: []string{"2 problems",
			"posts: want percents by service, orders=10 say, of orders, mail", "users: want"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse(tt.give)
			if len(tt.want) == 0 {
				require.NoError(t, err)
				assert.Equal(t, 3000, c.App.Port)
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
