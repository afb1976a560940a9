package machines

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const example = `#!/bin/bash
set -euo pipefail
put /etc/rung/app.env 0640 <<'RUNG_END_OF_FILE'
APP_ROLE="web"
GREETING="say \"hi\" & go"
RUNG_END_OF_FILE
put /etc/rung/machine.env 0644 <<'RUNG_END_OF_FILE'
RUNG_BUCKET=artifacts
RUNG_SHA256=abc
RUNG_END_OF_FILE
put /etc/systemd/system/rung-app.service 0644 <<'RUNG_END_OF_FILE'
[Service]
ExecStartPre=/opt/rung/app migrate
ExecStart=/opt/rung/app web "two words"
EnvironmentFile=-/etc/rung/memory.env
EnvironmentFile=/etc/rung/app.env
TimeoutStopSec=30
RUNG_END_OF_FILE
put /etc/systemd/system/rung-watch.service 0644 <<'RUNG_END_OF_FILE'
[Service]
ExecStart=/usr/local/sbin/rung-watch
EnvironmentFile=/etc/rung/machine.env
RUNG_END_OF_FILE
put /usr/local/sbin/rung-watch 0755 <<'RUNG_END_OF_FILE'
#!/bin/bash
RUNG_END_OF_FILE
"$root/usr/local/sbin/rung-install"
`

func TestAMachineSaysWhatItRuns(t *testing.T) {
	boot := ReadBoot(example)
	s, ok := boot.program()
	require.True(t, ok)
	assert.Equal(t, service{start: []string{"/opt/rung/app", "web", "two words"},
		setup: []string{"/opt/rung/app", "migrate"},
		files: []string{"/etc/rung/app.env"}, stopSeconds: 30}, s, "and not what watches over it")
	assert.Equal(t, []string{"APP_ROLE=web", `GREETING=say "hi" & go`}, readEnvironment(boot["/etc/rung/app.env"]))
	sum, err := boot.artifact()
	require.NoError(t, err)
	assert.Equal(t, "abc", sum)
}

func TestImagesOfOthersAreNamed(t *testing.T) {
	_, ok := ReadBoot("#!/bin/bash\necho hello\n").program()
	assert.False(t, ok)
	_, err := ReadBoot("").artifact()
	assert.ErrorContains(t, err, "the lab has no image")
	_, err = userData("#cloud-config\n")
	assert.ErrorContains(t, err, "fetches no script")
}

func TestUserDataNamesItsScript(t *testing.T) {
	text := "#!/bin/bash\nbucket=artifacts-1\nkey=boot/web\nversion=\n"
	for _, given := range []string{text, base64.StdEncoding.EncodeToString([]byte(text))} {
		f, err := userData(given)
		require.NoError(t, err)
		assert.Equal(t, fetched{"artifacts-1", "boot/web"}, f)
	}
}
