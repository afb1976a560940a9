package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/engine/inprocess"
	"github.com/rung-dev/rung/engine/store"
	"github.com/rung-dev/rung/resource/token"
)

// nameBare is the test binary as Pulumi's engine and nothing around it: what
// rung's own commands are measured against.
const nameBare = "rung-bare"

// bare runs VERB ("preview" or "up") of a stack with so many queues that ask for
// nothing, in the working directory, on the same engine and the same cloud as rung.
func bare(args []string) error {
	if len(args) != 3 {
		return errors.New("want VERB RESOURCES PLUGINS")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("read RESOURCES: %w", err)
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	s := inprocess.Settings{
		Project: "bare", Stack: "bare", Dir: dir, Home: filepath.Join(dir, "home"), Program: queues(n), Parallel: 16,
		Store:   store.At(filepath.Join(dir, "state"), "bare", "bare", filepath.Join(dir, "journal")),
		Plugins: map[string]string{"aws": args[2]}, Env: map[string]string{engine.StateVariable: filepath.Join(dir, "cloud.json")},
		Version: engine.Pinned.String(),
	}
	if err := s.Store.Create(); err != nil {
		return err
	}
	config := filepath.Join(dir, "Pulumi.bare.yaml")
	text := "config:\n  aws:region: us-east-1\nencryptionsalt: " + inprocess.Salt + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	_, err = s.Do(context.Background(), inprocess.Run{
		Operation: inprocess.Up, DryRun: args[0] == "preview", Config: config, Events: func(events.EngineEvent) {},
	})
	return err
}

// queues is a program of n resources that depend on nothing.
func queues(n int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for i := range n {
			var r pulumi.CustomResourceState
			name := "queue-" + strconv.Itoa(i)
			args := pulumi.Map{"name": pulumi.String(name)}
			if err := ctx.RegisterResource(token.SQSQueue, name, args, &r, pulumi.Version("6.83.4")); err != nil {
				return err
			}
		}
		return nil
	}
}

// runBare is one command of the bare engine in a directory.
func runBare(dir, verb string, n int) *exec.Cmd {
	cmd := exec.Command(filepath.Join(shared.tools, nameBare), verb, strconv.Itoa(n), shared.tools)
	cmd.Dir, cmd.Env = dir, clean()
	return cmd
}
