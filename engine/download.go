package engine

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"time"

	"github.com/gofrs/flock"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// releases is where Pulumi's installer comes from.
const releases = "https://get.pulumi.com/install.sh"

// A machine without the network must not wait: an answer comes within seconds or
// not at all. The release itself is 100 MB and may take its time.
const (
	probeWithin    = 3 * time.Second
	downloadWithin = 10 * time.Minute
)

// download installs the official release as the Automation API does it.
func download(ctx context.Context, root string, log func(string)) error {
	if _, err := exec.LookPath("curl"); err != nil {
		return fmt.Errorf("pulumi's installer needs curl: %w", err)
	}
	if err := probe(ctx, releases); err != nil {
		return err
	}
	log(fmt.Sprintf("downloading Pulumi %s", Pinned))
	ctx, cancel := context.WithTimeout(ctx, downloadWithin)
	defer cancel()
	_, err := auto.InstallPulumiCommand(ctx, &auto.PulumiCommandOptions{Version: Pinned, Root: root})
	return err
}

// probe tells within seconds whether an address can be had.
func probe(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w", url, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", url, answer.Status)
	}
	return nil
}

// lockFile holds a file so that only one process makes the CLI.
func lockFile(ctx context.Context, path string, log func(string)) (unlock func(), err error) {
	l := flock.New(path)
	ok, err := l.TryLock()
	if err == nil && !ok {
		log("another rung is making the Pulumi CLI; waiting for it")
		ok, err = l.TryLockContext(ctx, 500*time.Millisecond)
	}
	if err != nil || !ok {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = l.Unlock() }, nil
}
