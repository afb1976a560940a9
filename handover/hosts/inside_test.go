package hosts_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/handover"
	"github.com/rung-dev/rung/handover/hosts"
	"github.com/rung-dev/rung/handover/inside"
	"github.com/rung-dev/rung/handover/inside/api"
	"github.com/rung-dev/rung/handover/inside/insidetest"
	"github.com/rung-dev/rung/handover/inside/worker"
)

// guestVariable makes the test binary a program of the instance: the mover, or as
// much of the AWS CLI as its script needs.
const guestVariable = "RUNG_TEST_GUEST"

func guest(what string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if what == "mover" {
		return worker.Main(ctx, os.Args[1:], os.Stderr)
	}
	if err := s3cp(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// s3cp is aws s3 cp --only-show-errors --region R s3://BUCKET/KEY FILE.
func s3cp(ctx context.Context, args []string) error {
	if len(args) != 7 || args[0] != "s3" || args[1] != "cp" {
		return fmt.Errorf("aws: got %q", args)
	}
	cloud, err := api.Open(ctx, args[4], nil)
	if err != nil {
		return err
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(args[5], "s3://"), "/")
	content, err := cloud.Get(ctx, bucket, key)
	if err != nil {
		return err
	}
	return os.WriteFile(args[6], content, 0o644)
}

// instance lets the cloud's instance run scripts as this process's children, with the
// access of its role and nothing else of AWS.
func instance(t *testing.T, cloud *insidetest.Cloud) (mover string) {
	t.Helper()
	root := t.TempDir()
	program := func(name, what string) string {
		path := filepath.Join(root, name)
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+guestVariable+"="+what+" exec "+os.Args[0]+" \"$@\"\n"),
			0o755))
		return path
	}
	mover = program("mover", "mover")
	program("aws", "aws")
	cloud.Run = func(script string) api.Outcome {
		cmd := exec.Command("bash", "-c", script)
		cmd.Env = append(append(os.Environ(), cloud.Environment()...), "RUNG_ROOT="+filepath.Join(root, "instance"),
			"PATH="+root+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			return api.Outcome{Status: "Failed", Details: "Failed", Errors: err.Error() + ": " + string(out)}
		}
		return api.Outcome{Status: "Success", Details: "Success", Output: string(out)}
	}
	return mover
}

// A whole move whose steps run on an instance: by SSM's script, with the permissions
// that were granted and no others, its journal read from the bucket.
func TestAMoveInsideAVPC(t *testing.T) {
	w, cloud := newWorld(t, schema), &insidetest.Cloud{}
	cloud.Start(t)
	steps := map[string]bool{}
	d := &inside.Driver{Spec: w.spec, Cloud: cloud.Client(insidetest.Caller), Dir: w.dir, Every: 50 * time.Millisecond,
		Place: inside.Place{Region: insidetest.Region, Instance: insidetest.Instance, Bucket: insidetest.Bucket,
			Mover: instance(t, cloud)},
		Tell: func(e handover.Entry) { steps[e.Command+" "+e.Step] = true }}
	plan, err := d.Plan(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, plan.Tables)

	_, err = d.Do(t.Context(), hosts.Order{Command: hosts.CommandSwitch})
	var early hosts.ErrOrder
	require.ErrorAs(t, err, &early, "a command whose time has not come says so from there, too")
	for _, step := range []struct {
		command string
		phase   hosts.Phase
	}{{hosts.CommandStart, hosts.Following}, {hosts.CommandSwitch, hosts.Switched},
		{hosts.CommandFinish, hosts.Finished}} {
		took, err := d.Do(t.Context(), hosts.Order{Command: step.command})
		require.NoError(t, err)
		assert.Equal(t, step.command == hosts.CommandSwitch, took > 0)
		s, err := d.Status(t.Context())
		require.NoError(t, err)
		assert.Equal(t, step.phase, s.Phase)
	}
	for _, step := range []string{"start copy", "switch open", "switch compare", "finish sweep-to"} {
		assert.Contains(t, steps, step)
	}
	assert.Equal(t, 500, w.count(w.spec.To, "SELECT count(*) FROM orders"))
	policies, secrets := cloud.Left()
	assert.Empty(t, append(policies, secrets...))
	assert.Empty(t, cloud.Wrong())
}
