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

//go:embed scripts/restart.sh
var restartScript string

// restarting is how long the server may take to start its app anew: more than the longest
// boot that a rung.yaml may ask for.
const restarting = time.Hour

// Restart restarts the server's app where it is, and replaces a fleet's machines one after
// another by an instance refresh, with new ones before old ones go and with the alarms
// that watched over the last refresh.
func (d *Driver) Restart(ctx context.Context, p operate.Part) error {
	if p.Kind == operate.Server {
		return d.restartServer(ctx, p)
	}
	for _, group := range p.IDs {
		if err := d.replaceMachines(ctx, p, group); err != nil {
			return err
		}
	}
	return nil
}

func (d *Driver) restartServer(ctx context.Context, p operate.Part) error {
	machines, err := d.Machines(ctx, p)
	if err != nil {
		return err
	}
	m := machines[0]
	got, err := d.run(ctx, m, restarting, restartScript, m.App)
	if err != nil {
		return err
	}
	if got.ResponseCode != 0 {
		return fmt.Errorf("start the app on %s anew: %s", m.ID, strings.TrimSpace(got.StandardErrorContent))
	}
	return nil
}

func (d *Driver) replaceMachines(ctx context.Context, p operate.Part, group string) error {
	form := url.Values{"AutoScalingGroupName": {group}, "Preferences.MinHealthyPercentage": {"100"},
		"Preferences.MaxHealthyPercentage": {"110"}, "Preferences.SkipMatching": {"false"}}
	gate, err := d.gate(ctx, p, group)
	if err != nil {
		return err
	}
	for name, value := range members("Preferences.AlarmSpecification.Alarms", gate...) {
		form[name] = value
	}
	_, err = d.Client.Ask(ctx, awswire.Request{Service: awswire.AutoScaling, Region: p.Region,
		Action: "StartInstanceRefresh", Form: form, Once: true})
	if strings.HasPrefix(awswire.CodeOf(err), "InstanceRefreshInProgress") {
		return fmt.Errorf("replace the machines of %s: a release or another change of them goes on (`rung status` says "+
			"how far it is); try again after it: %w", p.Name, err)
	}
	return awswire.Explained(err, "replace the machines of "+p.Name, "autoscaling:StartInstanceRefresh on "+group)
}

// gate are the alarms that watched over a group's last refresh; none before the first.
func (d *Driver) gate(ctx context.Context, p operate.Part, group string) (alarms []string, err error) {
	tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.AutoScaling, Region: p.Region,
		Action: "DescribeInstanceRefreshes", Form: url.Values{"AutoScalingGroupName": {group}, "MaxRecords": {"1"}}})
	if err != nil {
		return nil, awswire.Explained(err, "find the alarms that watch over "+p.Name, "autoscaling:DescribeInstanceRefreshes")
	}
	for _, member := range tree.Find("AlarmSpecification").All("Alarms") {
		alarms = append(alarms, member.Text())
	}
	return alarms, nil
}
