package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/enginetest"
)

// playedCLI is the name under which the test binary plays a Pulumi CLI: it tells the
// steps of a file in place of an engine's, and notes how it was called.
const playedCLI = "pulumi-played"

// part is what the played CLI does: the steps that its n-th preview and its up tell.
type part struct {
	Previews [][]step
	Up       []step
}

type step struct {
	Op   apitype.OpType
	Name string
	// Of is false for a component.
	Of bool
}

const playedVariable = "RUNG_TEST_PLAYED"

// play is one call of the CLI. An up that is not interrupted goes well after a while.
func play(args []string) error {
	dir := os.Getenv(playedVariable)
	text, err := os.ReadFile(filepath.Join(dir, "part.json"))
	if err != nil {
		return err
	}
	var p part
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	said := strings.Join(args, " ")
	switch {
	case strings.Contains(said, " preview "):
		calls, _ := filepath.Glob(filepath.Join(dir, "preview-*"))
		n := len(calls)
		note(dir, "preview", n)
		return tell(args, p.Previews[min(n, len(p.Previews)-1)], true)
	case strings.Contains(said, " up "):
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		note(dir, "up", 0)
		if err := tell(args, p.Up, false); err != nil {
			return err
		}
		select {
		case <-interrupted:
			note(dir, "interrupted", 0)
			os.Exit(255)
		case <-time.After(time.Second):
		}
	case strings.Contains(said, " output "):
		fmt.Print("{}")
	case strings.Contains(said, " history "):
		fmt.Print("[]")
	}
	return nil
}

func note(dir, what string, n int) {
	_ = os.WriteFile(filepath.Join(dir, what+"-"+string(rune('0'+n))), nil, 0o600)
}

// tell sends steps to whoever called.
func tell(args []string, steps []step, planning bool) error {
	to := strings.TrimPrefix(args[slices.Index(args, "--event-log")+1], "tcp://")
	conn, err := grpc.NewClient(to, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := pulumirpc.NewEventsClient(conn).StreamEvents(context.Background())
	if err != nil {
		return err
	}
	said := []apitype.EngineEvent{}
	for _, s := range steps {
		said = append(said, apitype.EngineEvent{ResourcePreEvent: &apitype.ResourcePreEvent{Planning: planning,
			Metadata: apitype.StepEventMetadata{Op: s.Op, URN: urn(s.Name),
				New: &apitype.StepEventStateMetadata{Custom: s.Of}}}})
	}
	for _, e := range append(said, apitype.EngineEvent{SummaryEvent: &apitype.SummaryEvent{}}) {
		text, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := stream.Send(&pulumirpc.EventRequest{Event: string(text)}); err != nil {
			return err
		}
	}
	_, err = stream.CloseAndRecv()
	return err
}

func urn(name string) string { return "urn:pulumi:dev::rung::random:index/thing:Thing::" + name }

// played is a stack of an account, on a CLI that does what it is told.
func played(t *testing.T, p part) (s *engine.Stack, happened func(string) bool) {
	t.Helper()
	dir, bin := t.TempDir(), t.TempDir()
	text, err := json.Marshal(p)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "part.json"), text, 0o600))
	executable, err := os.Executable()
	require.NoError(t, err)
	cli := filepath.Join(bin, playedCLI)
	require.NoError(t, os.Symlink(executable, cli))
	account(t)
	t.Setenv(playedVariable, dir)
	work := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(work, "Pulumi.yaml"), []byte("name: rung\nruntime: go\n"), 0o600))
	s = open(t, engine.Options{Dir: work, Cloud: engine.AWS, CLI: &engine.CLI{Path: cli, Version: engine.Pinned},
		Program: things()})
	return s, func(what string) bool {
		_, err := os.Stat(filepath.Join(dir, what))
		return err == nil
	}
}

// account is what a machine needs to work on an account: credentials and a backend.
func account(t *testing.T) {
	t.Helper()
	t.Setenv("PULUMI_BACKEND_URL", "file://"+t.TempDir())
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
	t.Setenv("PULUMI_HOME", t.TempDir())
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
}

// On an account what was shown is held against a second preview before anything is
// changed, and against the steps themselves after that.
func TestOnAnAccountUpDoesWhatWasShown(t *testing.T) {
	shown := []step{{apitype.OpCreate, "a", true}, {apitype.OpReplace, "b", true}, {apitype.OpCreate, "whole", false}}
	less := []step{{apitype.OpCreate, "a", true}, {apitype.OpUpdate, "b", true}, {apitype.OpUpdate, "other-whole", false}}
	more := append(slices.Clone(shown), step{apitype.OpDelete, "c", true}, step{apitype.OpCreate, "d", true})
	for name, tt := range map[string]struct {
		part             part
		fails            []string
		begins, isBroken bool
	}{
		"as shown":       {part: part{Previews: [][]step{shown, shown}, Up: shown}, begins: true},
		"less":           {part: part{Previews: [][]step{shown, less}, Up: less}, begins: true},
		"more by then":   {part: part{Previews: [][]step{shown, more}, Up: more}, fails: []string{"delete c, create d", "nothing was changed"}},
		"more in the up": {part: part{Previews: [][]step{shown, shown}, Up: more}, fails: []string{"delete c was not", "the run was ended"}, begins: true, isBroken: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, happened := played(t, tt.part)
			r, err := s.Preview(t.Context())
			require.NoError(t, err)
			_, err = s.Following(r.Plan()).Up(t.Context())
			assert.Equal(t, len(tt.fails) > 0, err != nil, "%v", err)
			for _, want := range tt.fails {
				assert.ErrorContains(t, err, want)
			}
			assert.True(t, happened("preview-1"), "it looked again")
			assert.Equal(t, tt.begins, happened("up-0"))
			assert.Equal(t, tt.isBroken, happened("interrupted-0"))
		})
	}
}

// Without a plan nothing is held against anything.
func TestOnAnAccountUpAloneLooksOnce(t *testing.T) {
	s, happened := played(t, part{Previews: [][]step{nil}, Up: []step{{apitype.OpCreate, "a", true}}})
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	assert.False(t, happened("preview-0"))
}

// The same with a stock CLI, where there is one: a program that wants something else by
// the time it is carried out.
func TestAStockCLIDoesWhatWasShown(t *testing.T) {
	executable, err := os.Executable()
	require.NoError(t, err)
	bin, dir := t.TempDir(), t.TempDir()
	cli := enginetest.StockCLI(t)
	require.NoError(t, os.Symlink(executable, filepath.Join(bin, "pulumi-resource-random")))
	account(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv(engine.StateVariable, filepath.Join(t.TempDir(), "world.json"))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte("name: rung\nruntime: go\n"), 0o600))
	on := func(program pulumi.RunFunc) *engine.Stack {
		return open(t, engine.Options{Dir: dir, Cloud: engine.AWS, CLI: cli, Program: program})
	}
	r, err := on(things(thing{name: "a"})).Preview(t.Context())
	require.NoError(t, err)
	other := on(things(thing{name: "a"}, thing{name: "unseen"}))
	_, err = other.Following(r.Plan()).Up(t.Context())
	require.ErrorContains(t, err, "create unseen")
	all, err := other.Resources(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all, "nothing was changed")
	_, err = on(things(thing{name: "a"})).Following(r.Plan()).Up(t.Context())
	require.NoError(t, err)
}
