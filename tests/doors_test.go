package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline"
	"github.com/rung-dev/rung/polyglot"
	"github.com/rung-dev/rung/tests/outline"
)

// A program in YAML with a network, a balancer, a fleet, a database and a cache of rung's
// components, by the stock CLI and Pulumi's own host.
func TestStockYAML(t *testing.T) {
	t.Parallel()
	v := inLanguage(t, "yaml")
	v.takes("templates/stage3-yaml/Pulumi.yaml")
	v.does("preview")
	plugin := filepath.Join(v.dir, ".rung", "guest", "plugins", polyglot.Executable)
	added := v.pulumi(nil, "package", "add", plugin)
	if added.code != done { // hosts of YAML before Link write the package and cannot link it
		assert.Contains(t, added.all(), "method Link not implemented")
	}
	assert.DirExists(t, filepath.Join(v.dir, "sdks", polyglot.Name), added.all())
	v.livesGuarded()
}

// The same in TypeScript. Its types are checked once, by the compiler, and not in each run.
func TestStockTypeScript(t *testing.T) {
	t.Parallel()
	v := inLanguage(t, "nodejs")
	template := "templates/stage3-typescript/"
	v.takes(template+"Pulumi.yaml", template+"index.ts", template+"tsconfig.json", "tools/hosts/nodejs/package.json",
		"tools/hosts/nodejs/package-lock.json")
	v.installs(t)
	v.node(t, "typescript/bin/tsc", "--noEmit")
	v.env = []string{"PULUMI_NODEJS_TRANSPILE_ONLY=true"}
	v.does("config", "set", "aws:region", "us-east-1")
	v.does("preview")
	v.livesGuarded()
	v.foreign(t)
}

// foreign is a program of other people's shape in TypeScript, of what that language has and
// YAML has not, with the packages that the visitor has installed.
func (v visitor) foreign(t *testing.T) {
	t.Helper()
	guest := visitor{user: newUser(t), cli: v.cli, hosts: v.hosts}
	guest.env = []string{"AWS_REGION=us-east-1", "PULUMI_NODEJS_TRANSPILE_ONLY=true"}
	guest.takes("templates/stage3-typescript/Pulumi.yaml", "templates/stage3-typescript/tsconfig.json",
		"tools/hosts/nodejs/package.json", "tests/testdata/typescript/index.ts")
	require.NoError(t, os.Symlink(filepath.Join(v.dir, "node_modules"), filepath.Join(guest.dir, "node_modules")))
	guest.node(t, "typescript/bin/tsc", "--noEmit")
	guest.lives()
}

// lives brings a program up, and up again without a change, and destroys it.
func (v visitor) lives() {
	v.t.Helper()
	v.does("preview")
	v.does("up", "--yes", "--skip-preview")
	assert.NotEmpty(v.t, v.cloud().Resources)
	v.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	v.does("destroy", "--yes", "--skip-preview")
	assert.Empty(v.t, v.cloud().Resources)
}

// The other templates in YAML, and a program of the components that no template has: each
// component of the package comes up by the host of YAML and stands unchanged.
func TestStockComponents(t *testing.T) {
	t.Parallel()
	v := inLanguage(t, "yaml")
	for _, file := range []string{"templates/site-yaml/Pulumi.yaml", "templates/stage1-yaml/Pulumi.yaml",
		"templates/stage2-yaml/Pulumi.yaml", "templates/stage4-yaml/Pulumi.yaml", "templates/stage5-yaml/Pulumi.yaml",
		"templates/stage6-yaml/Pulumi.yaml", "polyglot/testdata/rest.yaml"} {
		t.Run(file, func(t *testing.T) {
			guest := v.another(t, file)
			guest.does("up", "--yes", "--skip-preview")
			guest.does("up", "--yes", "--skip-preview", "--expect-no-changes")
			r := guest.pulumi(nil, "destroy", "--yes", "--skip-preview", "--run-program")
			assert.NotZero(t, r.code, "it holds data")
		})
	}
}

// another is a visitor with the same hosts, a directory of its own and a program there, who
// says by a variable which region it is for.
func (v visitor) another(t *testing.T, program string) visitor {
	t.Helper()
	guest := visitor{user: newUser(t), cli: v.cli, hosts: v.hosts}
	guest.env = []string{"AWS_REGION=us-east-1"}
	guest.takes(program)
	taken := filepath.Join(guest.dir, filepath.Base(program))
	require.NoError(t, os.Rename(taken, filepath.Join(guest.dir, "Pulumi.yaml")))
	return guest
}

// stack is the state of the visitor's stack.
func (v visitor) stack(project string) []apitype.ResourceV3 {
	return readState(v.t, filepath.Join(v.dir, ".rung", "guest", "state", ".pulumi", "stacks", project, "dev.json"))
}

func (v visitor) cloud() cloudFile {
	return readCloud(v.t, filepath.Join(v.dir, ".rung", "cloud.json"))
}

// livesGuarded brings a program of components up, and up again without a change, has the
// loss of its data refused, and destroys it once that is confirmed.
func (v visitor) livesGuarded() {
	v.t.Helper()
	v.does("up", "--yes", "--skip-preview")
	v.does("up", "--yes", "--skip-preview", "--expect-no-changes")
	before := data(v.stack("ladder"))
	require.NotEmpty(v.t, before)
	var confirm []string
	for _, r := range v.stack("ladder") {
		if r.Protect || r.Inputs["enableDeletionProtection"] == true {
			confirm = append(confirm, r.URN.Name())
		}
	}
	for how, says := range map[string]string{
		"--run-program=false": "--run-program", "--run-program": "confirmDataLoss of ",
	} {
		r := v.pulumi(nil, "destroy", "--yes", "--skip-preview", how)
		assert.NotZero(v.t, r.code, how)
		assert.Contains(v.t, r.all(), says)
	}
	held := map[string]string{}
	for _, r := range v.cloud().Resources {
		held[r.URN] = r.ID
	}
	for urn, id := range before {
		assert.Equal(v.t, id, data(v.stack("ladder"))[urn], "%s is still in the stack", urn)
		assert.Equal(v.t, id, held[urn], "%s is still in the cloud", urn)
	}
	for i, name := range confirm {
		v.does("config", "set", "--path", fmt.Sprintf("confirmDataLoss[%d]", i), name)
	}
	v.does("up", "--yes", "--skip-preview")
	v.does("destroy", "--yes", "--skip-preview", "--run-program")
	assert.Empty(v.t, v.cloud().Resources)
}

// Programs of other people's shapes come up, change nothing the second time and go, by the
// stock CLI and Pulumi's own host of YAML. What is not covered is named by its type.
func TestStockForeignPrograms(t *testing.T) {
	t.Parallel()
	v := inLanguage(t, "yaml")
	files, err := filepath.Glob(filepath.Join("outline", "programs", "*.yaml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 10)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			guest := v.another(t, filepath.Join("tests", file))
			if lacking := uncovered(t, file); len(lacking) > 0 {
				r := guest.pulumi(nil, "preview")
				assert.NotZero(t, r.code)
				for _, typ := range lacking {
					assert.Contains(t, r.all(), typ)
				}
				return
			}
			guest.lives()
		})
	}
}

// uncovered are the types of a program that the offline cloud does not have, as YAML
// writes them: aws:kinesis:Stream.
func uncovered(t *testing.T, file string) (out []string) {
	t.Helper()
	known, _, err := offline.Types("aws")
	require.NoError(t, err)
	others, _, err := offline.Types("random")
	require.NoError(t, err)
	known = append(known, others...)
	program, err := outline.Read(file)
	require.NoError(t, err)
	for _, typ := range program.Types() {
		if module, name, _ := strings.Cut(typ, "/"); !slices.Contains(known, typ) {
			out = append(out, module+name[strings.LastIndex(name, ":"):])
		}
	}
	return out
}
