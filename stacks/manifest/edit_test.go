package manifest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheEnvironmentIsChangedAndNothingElse(t *testing.T) {
	const file = "# our shop\ndirectory: .\ncommands: {web: node server.js} # served\nenvironment:\n  # of the desk\n  MODE: live\n  PORTS: \"1\"\n"
	value := func(s string) *string { return &s }
	for name, tt := range map[string]struct {
		text    string
		changes map[string]*string
		want    map[string]string
	}{
		"another value":      {file, map[string]*string{"MODE": value("yes")}, map[string]string{"MODE": "yes", "PORTS": "1"}},
		"a new one":          {file, map[string]*string{"A": value("x: #y\"'")}, map[string]string{"MODE": "live", "PORTS": "1", "A": "x: #y\"'"}},
		"one less":           {file, map[string]*string{"MODE": nil}, map[string]string{"PORTS": "1"}},
		"what is not there":  {file, map[string]*string{"NONE": nil}, map[string]string{"MODE": "live", "PORTS": "1"}},
		"none left":          {file, map[string]*string{"MODE": nil, "PORTS": nil}, nil},
		"the first":          {"directory: .\ncommands: {web: x}\n", map[string]*string{"A": value("1")}, map[string]string{"A": "1"}},
		"beside a secret":    {"directory: .\ncommands: {web: x}\nsecrets: {KEY: }\n", map[string]*string{"A": value("1")}, map[string]string{"A": "1"}},
		"the first, as JSON": {`{"directory": ".", "commands": {"web": "x"}}`, map[string]*string{"A": value("1")}, map[string]string{"A": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := WithEnvironment([]byte(tt.text), tt.changes)
			require.NoError(t, err)
			app, err := Parse(got)
			require.NoError(t, err)
			assert.Equal(t, tt.want, app.Environment)
			if tt.text == file {
				assert.Contains(t, string(got), "# our shop\n")
				assert.Contains(t, string(got), "# served")
			}
		})
	}
	_, err := WithEnvironment([]byte(file), map[string]*string{"not a name": value("x")})
	require.Error(t, err)
	_, err = WithEnvironment([]byte("prot: 1\n"), nil)
	assert.Error(t, err, "a file that is wrong already")
}
