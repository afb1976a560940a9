package sim_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
)

const (
	box   = "toy:index/box:Box"
	label = "toy:index/label:Label"
	world = "toy:index/world:World"
)

const toySchema = `{"resources":{
"pulumi:providers:toy":{"inputs":{"region":"string"},"outputs":{}},
"toy:index/box:Box":{"inputs":{"name":"string","namePrefix":"string","size":"int!","color":"string","lid":"{Lid}","sides":"[]{Side}","words":"[]string","steps":"[]string",
	"doc":"string","tags":"map string","secret":"string","count":"int"},
	"outputs":{"name":"string","namePrefix":"string","size":"int","color":"string","lid":"{Lid}","sides":"[]{Side}","words":"[]string","steps":"[]string",
	"doc":"string","tags":"map string","tagsAll":"map string","arn":"string","secret":"string","volume":"int","count":"int"}},
"toy:index/label:Label":{"inputs":{"box":"string!","text":"string"},"outputs":{"box":"string","text":"string"}},
"toy:index/world:World":{"inputs":{"name":"string"},"outputs":{"name":"string"}}},
"functions":{"toy:index/count:count":{"inputs":{"color":"string","lid":"{Lid}!"},"outputs":{"boxes":"int"}}},
"types":{"Lid":{"open":"bool","hinge":"string","weight":"int"},"Side":{"face":"string!","text":"string"}}}`

// toy is a provider of boxes and the labels on them: enough to see what the
// core does, and nothing of any cloud.
func toy() (*sim.Package, error) {
	schema, err := sim.ParseSchema([]byte(toySchema))
	if err != nil {
		return nil, err
	}
	p := &sim.Package{
		Name: "toy", Version: "1.0.0", Schema: schema, ReplaceOn: []string{"region"},
		Configure: func(_ string, in sim.Props) (sim.Settings, []sim.Failure) {
			return sim.Settings{Account: "1", Partition: "toy", Region: in.Str("region"),
				DefaultTags: map[string]any{"by": "test"}}, nil
		},
		Invokes: map[string]sim.Invoke{"toy:index/count:count": func(o *sim.Op) (sim.Props, error) {
			return sim.Props{"boxes": float64(len(o.All(box)))}, nil
		}},
	}
	return p, p.Register(toyKinds())
}

func toyKinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: box, Service: "Toy", API: "Box", IDPrefix: "box",
			Name:     &sim.Name{Prefix: "namePrefix", Auto: true, Max: 40, Taken: "BoxExists"},
			Defaults: sim.Props{"color": "red", "lid.open": false, "sides.text": "-"}, Sets: []string{"sides"}, Ordered: []string{"steps"}, JSON: []string{"doc"},
			Ranges: map[string]sim.Range{"size": {Min: 1, Max: 100}}, Enums: map[string][]string{"color": {"red", "blue"}},
			ReplaceOn: []string{"name", "namePrefix", "lid.hinge"}, Secrets: []string{"secret"},
			ReplaceWhen: func(old, next sim.Props) []string {
				if next.Int("size") < old.Int("size") {
					return []string{"size"} // a box only grows
				}
				return nil
			},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"arn": o.ARN("toy", o.NameOf()), "volume": o.In.Int("size") * o.In.Int("size"), "lid.weight": 7,
					"namePrefix": "", "count": 1}
			},
			Changing: func(o *sim.Op) []string {
				if o.Changed("size") {
					return []string{"volume"}
				}
				return nil
			},
			Quota: &sim.Quota{Key: "toy.boxes", Default: 3, Code: "TooManyBoxes"},
			Rules: sim.Many(sim.Create|sim.Update, func(o *sim.Op) error {
				if o.In.Int("size") == 13 {
					return sim.Refuse("UnluckySize", "The size 13 is unlucky", "Choose another size.")
				}
				return nil
			}),
		},
		{
			Token: label, Service: "Toy", API: "Label", IDPrefix: "label", ReplaceOn: []string{"box"},
			Refs: []sim.Ref{{Path: "box", To: []sim.Target{{Token: box}}, Missing: "NoSuchBox", InUse: "BoxInUse"}},
		},
		{Token: world, Service: "Toy", API: "World", Global: true, Name: &sim.Name{Auto: true, Taken: "WorldExists"}},
	}
}

// table is an empty toy cloud in a region.
func table(t *testing.T) *simtest.Cloud {
	t.Helper()
	return at(t, filepath.Join(t.TempDir(), "cloud.json"), "north", "")
}

func at(t testing.TB, path, region, faults string) *simtest.Cloud {
	t.Helper()
	pkg, err := toy()
	require.NoError(t, err)
	return simtest.Open(t, pkg, path, sim.Props{"region": region}, faults)
}

// childEnv makes this test binary do one job and end: what several processes do
// to one file, and what is left when one of them crashes, cannot be seen within
// one process.
const childEnv = "RUNG_SIM_TEST_CHILD"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		os.Exit(child(job))
	}
	os.Exit(m.Run())
}

// child creates labels in the state file of the job: "<path>|<faults>|<name>|<count>".
// With "engine|" before it a child of its own does that, and it waits.
func child(job string) int {
	if job, found := strings.CutPrefix(job, "engine|"); found {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+job)
		_ = cmd.Run()
		return cmd.ProcessState.ExitCode()
	}
	var path, faults, name string
	var count int
	parts := strings.Split(job, "|")
	path, faults, name = parts[0], parts[1], parts[2]
	if _, err := fmt.Sscan(parts[3], &count); err != nil {
		return 2
	}
	pkg, err := toy()
	if err != nil {
		return 2
	}
	status := 0
	t := &failing{status: &status}
	c := simtest.Open(t, pkg, path, sim.Props{"region": "north"}, faults)
	for i := range count {
		if _, err := c.Create(world, fmt.Sprint(name, i), sim.Props{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return status
}

// run is a child that is not started yet.
func run(t *testing.T, path, faults, name string, count int) *exec.Cmd {
	t.Helper()
	return does(t, strings.Join([]string{path, faults, name, fmt.Sprint(count)}, "|"))
}

func does(t *testing.T, job string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+job)
	cmd.Stderr = os.Stderr
	return cmd
}
