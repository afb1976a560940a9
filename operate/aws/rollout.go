package aws

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// refreshes are what an instance refresh may be, and what that is for us.
var refreshes = map[string]operate.RolloutState{
	"Pending": operate.Rolling, "InProgress": operate.Rolling, "Baking": operate.Rolling,
	"Cancelling": operate.Rolling, "RollbackInProgress": operate.Rolling,
	"Successful": operate.Done, "RollbackSuccessful": operate.Back,
	"Failed": operate.Failed, "Cancelled": operate.Failed, "RollbackFailed": operate.Failed,
}

// skew is what the clocks of this machine and of AWS may differ.
const skew = time.Minute

// Rollout looks at the newest refresh of each group, and at what the server says.
func (d *Driver) Rollout(ctx context.Context, s operate.Stack, since time.Time) (operate.Rollout, error) {
	var parts []operate.Progress
	for _, p := range s.Parts {
		if !p.Runs() {
			continue
		}
		follow := d.refresh
		if p.Kind == operate.Server {
			follow = d.release
		}
		progress, err := follow(ctx, p, since)
		if err != nil {
			return operate.Rollout{}, err
		}
		parts = append(parts, progress)
	}
	return operate.NewRollout(parts), nil
}

// refresh is how far the newest instance refresh of a group is.
func (d *Driver) refresh(ctx context.Context, p operate.Part, since time.Time) (operate.Progress, error) {
	progress := operate.Progress{Part: p.Name, State: operate.Done}
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.AutoScaling, Region: p.Region,
		Action: "DescribeInstanceRefreshes", Form: url.Values{"AutoScalingGroupName": {p.IDs[0]}, "MaxRecords": {"1"}}})
	if err != nil {
		return progress, awswire.Explained(err, "see how the release of "+p.Name+" goes",
			"autoscaling:DescribeInstanceRefreshes")
	}
	groups, err := d.groups(ctx, p)
	if err != nil {
		return progress, awswire.Explained(err, "find the machines of "+p.Name, healths[operate.Fleet].action)
	}
	for _, g := range groups {
		progress.Of += number(g.Child("DesiredCapacity"))
	}
	progress.Fresh = progress.Of
	for _, r := range tree.All("InstanceRefreshes") {
		began, err := time.Parse(time.RFC3339, r.Child("StartTime"))
		if err == nil && began.Before(since.Add(-skew)) { // of an earlier release
			return progress, nil
		}
		state, known := refreshes[r.Child("Status")]
		if !known {
			state = operate.Rolling
		}
		progress.State, progress.Says = state, r.Child("StatusReason")
		if state != operate.Done {
			progress.Fresh = max(0, progress.Of-number(r.Child("InstancesToUpdate")))
			progress.Says = strings.Trim(fmt.Sprintf("%s %s%%: %s", r.Child("Status"), percent(r), progress.Says), ": ")
		}
	}
	return progress, nil
}

func percent(r awswire.Node) string {
	if p := r.Child("PercentageComplete"); p != "" {
		return p
	}
	return "0"
}

//go:embed scripts/release.sh
var releaseScript string

// release asks the server whether it has the release that is wanted.
func (d *Driver) release(ctx context.Context, p operate.Part, _ time.Time) (operate.Progress, error) {
	progress := operate.Progress{Part: p.Name, State: operate.Rolling, Of: 1}
	machines, err := d.Machines(ctx, p)
	if err != nil {
		return progress, err
	}
	got, err := d.run(ctx, machines[0], reading, releaseScript)
	if err != nil {
		return progress, err
	}
	switch said := strings.TrimSpace(got.StandardOutputContent); {
	case got.ResponseCode != 0:
		return progress, fmt.Errorf("ask server %s for its release: %s", machines[0].ID,
			strings.TrimSpace(got.StandardErrorContent))
	case said == "current":
		progress.State, progress.Fresh = operate.Done, 1
	case said == "undone":
		progress.State = operate.Back
		progress.Says = "it did not become healthy, and the release before it is running"
	default:
		progress.Says = "the server looks for a release each minute"
	}
	return progress, nil
}
