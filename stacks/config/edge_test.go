package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The setters are tried by themselves, so that they hold on any stage.
func setOnly(t *testing.T, name, value string) (Config, error) {
	t.Helper()
	for _, k := range edgeKeys() {
		if k.Name == name {
			var c Config
			return c, k.set(&c, value)
		}
	}
	t.Fatalf("no key %s", name)
	return Config{}, nil
}

func TestEdgeKeysRefuse(t *testing.T) {
	for name, values := range map[string][]string{
		"edge.experiment":       {"home", "home=0", "home=100", "Home=10", "home=1.5", "=10"},
		"edge.blockedCountries": {"de", "DEU", "DE,DE", "DE,"},
		"edge.apiKeys":          {"Shop", "a_b", "shop,shop", "-x"},
		"edge.apiKeyPaths":      {"api", "/", "/api/", "/api/*", "/a?b"},
		"edge.redirects":        {"old=/new", "/old", "/old=new", "/old=http://x.example"},
		"placementPartitions":   {"1", "8", "-2"},
	} {
		for _, v := range values {
			_, err := setOnly(t, name, v)
			assert.Error(t, err, "%s: %s", name, v)
		}
	}
}

func TestEdgeKeysTake(t *testing.T) {
	var c Config
	for name, v := range map[string]string{
		"edge.experiment": "home=10", "edge.blockedCountries": "KP,IR", "edge.varyCountries": `["DE"]`, "edge.apiKeys": "shop,mobile-app",
		"edge.apiKeyPaths": "/api/partner,/api/v2/x", "edge.redirects": "/old=/new,/blog=https://blog.example.com/",
	} {
		for _, k := range edgeKeys() {
			if k.Name == name {
				require.NoError(t, k.set(&c, v), name)
			}
		}
	}
	assert.Equal(t, Edge{
		Experiment: "home", Percent: 10, BlockedCountries: []string{"KP", "IR"}, VaryCountries: []string{"DE"}, APIKeys: []string{"shop", "mobile-app"},
		APIKeyPaths: []string{"/api/partner", "/api/v2/x"}, Redirects: map[string]string{"/old": "/new", "/blog": "https://blog.example.com/"},
	}, c.Edge)
}

func TestEdgeContradictions(t *testing.T) {
	for name, tt := range map[string]struct {
		give Config
		want map[string]bool
	}{
		"below stage 6": {
			Config{Stage: 5, Edge: Edge{Code: true, APIKeys: []string{"a"}}, Capacity: Capacity{Partitions: 7}},
			map[string]bool{"edge.code": true, "edge.apiKeys": true, "placementPartitions": true},
		},
		"nothing below stage 6": {Config{Stage: 5}, map[string]bool{}},
		"paths without keys":    {Config{Stage: 6, CDN: CloudFront, Edge: Edge{Code: true, APIKeyPaths: []string{"/a"}}}, map[string]bool{"edge.apiKeys": true}},
		"rules without code":    {Config{Stage: 6, CDN: CloudFront, Edge: Edge{Experiment: "a"}}, map[string]bool{"edge.code": true}},
		"rules without a CDN":   {Config{Stage: 6, CDN: NoCDN, Edge: Edge{Code: true, Experiment: "a"}}, map[string]bool{"edge.code": true}},
		"blocked and varied": {
			Config{Stage: 6, CDN: CloudFront, Edge: Edge{Code: true, BlockedCountries: []string{"DE"}, VaryCountries: []string{"DE"}}},
			map[string]bool{"edge.varyCountries": true},
		},
		"no account":       {Config{Stage: 6, CDN: Cloudflare, Edge: Edge{Code: true}}, map[string]bool{"cloudflareAccount": true}},
		"too few to hold":  {Config{Stage: 6, Zones: 3, Web: Fleet{Min: 2, InstanceTypes: []string{"c7g.medium"}}, Capacity: Capacity{Reserved: true}}, map[string]bool{"capacityReservations": true}},
		"code without CDN": {Config{Stage: 6, CDN: NoCDN, Edge: Edge{Code: true}}, map[string]bool{}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]bool{}
			checkEdge(tt.give, func(key, _ string) { got[key] = true })
			assert.Equal(t, tt.want, got)
		})
	}
}
