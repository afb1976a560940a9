// Package notice watches for the end of the machine below the app: a spot
// instance that is about to be taken back, or one that its group terminates.
// Both are told by the instance's metadata some time before they happen.
package notice

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
)

// every is how often to ask; a spot notice comes two minutes ahead.
const every = 5 * time.Second

// Watch returns a channel that is closed when the machine is about to end. Off
// EC2 nobody answers and the channel stays open.
func Watch(ctx context.Context, config aws.Config, log *slog.Logger) <-chan struct{} {
	client := imds.NewFromConfig(config)
	noticed := make(chan struct{})
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if why := ending(ctx, client); why != "" {
				log.WarnContext(ctx, "the machine is about to end", "notice", why)
				close(noticed)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return noticed
}

// ending is what the metadata say of the end; empty when they say nothing.
func ending(ctx context.Context, client *imds.Client) string {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if action := metadata(ctx, client, "spot/instance-action"); action != "" {
		return "spot: " + action
	}
	if state := metadata(ctx, client, "autoscaling/target-lifecycle-state"); state == "Terminated" {
		return "the group terminates this instance"
	}
	return ""
}

func metadata(ctx context.Context, client *imds.Client, path string) string {
	out, err := client.GetMetadata(ctx, &imds.GetMetadataInput{Path: path})
	if err != nil {
		return "" // not found is the usual answer
	}
	defer out.Content.Close()
	text, err := io.ReadAll(io.LimitReader(out.Content, 1000))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
