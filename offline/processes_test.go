package offline

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A fault that ends a provider must not end the engine with it.
func TestWhoMayDieIsAProcess(t *testing.T) {
	for variables, want := range map[[2]string]bool{
		{"", ""}:                  false,
		{"", Processes}:           true,
		{"", "anything"}:          false,
		{"create * throttle", ""}: false,
		{"create * fail=X; update * crash=before", ""}:             true,
		{"create aws:ebs/volume:Volume nth=each crash=after", ""}:  true,
		{"create aws:ebs/volume:Volume nth=each crash=engine", ""}: true,
		{"create * crash=sometimes", ""}:                           false, // which the provider refuses
	} {
		env := map[string]string{FaultsEnv: variables[0], ProvidersEnv: variables[1]}
		assert.Equal(t, want, InProcesses(func(name string) string { return env[name] }), variables)
	}
}
