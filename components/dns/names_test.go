package dns

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckDomain(t *testing.T) {
	tests := map[string]struct {
		give string
		ok   bool
	}{
		"a domain":             {"example.com", true},
		"below one":            {"shop.example.co.uk", true},
		"punycode":             {"xn--bcher-kva.example", true},
		"digits":               {"4u.example.com", true},
		"empty":                {"", false},
		"one label":            {"localhost", false},
		"capitals":             {"Example.com", false},
		"a scheme":             {"https://example.com", false},
		"a path":               {"example.com/x", false},
		"a final dot":          {"example.com.", false},
		"an empty label":       {"example..com", false},
		"an outer hyphen":      {"-example.com", false},
		"a trailing hyphen":    {"example-.com", false},
		"an underscore":        {"my_shop.com", false},
		"an address":           {"192.0.2.1", false},
		"a label of 64":        {strings.Repeat("a", 64) + ".com", false},
		"254 characters":       {strings.Repeat("a.", 125) + "comx", false},
		"umlauts":              {"bücher.example", false},
		"a wildcard is a host": {"*.example.com", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := CheckDomain(tt.give)
			if tt.ok {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "no domain name")
		})
	}
}

func TestValidatedNamesAreEachProvedOnce(t *testing.T) {
	assert.Equal(t, []string{"api.example.com", "example.com"},
		validatedNames([]string{"example.com", "*.example.com", "api.example.com"}))
}

func TestSlug(t *testing.T) {
	for host, want := range map[string]string{
		"example.com": "apex", "www.example.com": "www", "a.b.example.com": "a-b", "*.example.com": "any",
	} {
		assert.Equal(t, want, slug(host, "example.com"), host)
	}
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		give Args
		want []string // parts of the error; none means valid
	}{
		"public":              {give: Args{Domain: "example.com"}},
		"existing zone":       {give: Args{Domain: "example.com", ZoneID: "Z1"}},
		"internal":            {give: Args{Internal: "dev.internal", VPCID: pulumi.String("vpc-1")}},
		"nothing":             {Args{}, []string{"Domain, Internal: both are empty"}},
		"no domain":           {Args{Domain: "example"}, []string{`Domain: "example"`}},
		"internal no network": {Args{Internal: "dev.internal"}, []string{"VPCID: required"}},
		"zone of nothing":     {Args{ZoneID: "Z1", Internal: "a.b", VPCID: pulumi.String("v")}, []string{"ZoneID"}},
		"negative TTL":        {Args{Domain: "example.com", TTLSeconds: -1}, []string{"TTLSeconds: got -1"}},
		"long TTL":            {Args{Domain: "example.com", TTLSeconds: 86_401}, []string{"TTLSeconds: got 86401"}},
		"issuer without ACM":  {Args{Domain: "example.com", Issuers: []string{"letsencrypt.org"}}, []string{"Issuers", "amazon.com"}},
		"everything at once":  {Args{Domain: "x", Internal: "y", TTLSeconds: -1}, []string{"Domain", "Internal", "VPCID", "TTLSeconds"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := tt.give.withDefaults().validate()
			if len(tt.want) == 0 {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}
