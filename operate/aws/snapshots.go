package aws

import (
	"context"
	"net/url"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// snapshots ask for the newest one of a server's disk.
func (d *Driver) snapshots(p operate.Part) question {
	return question{"ask for the snapshots of " + p.Name, "ec2:DescribeSnapshots",
		func(ctx context.Context) (func(*operate.Found), error) {
			tree, err := d.Client.AskXML(ctx, awswire.Request{Service: awswire.EC2, Region: p.Region,
				Action: "DescribeSnapshots", Form: url.Values{"Filter.1.Name": {"volume-id"}, "Filter.1.Value.1": {p.Disk},
					"Filter.2.Name": {"status"}, "Filter.2.Value.1": {"completed"}}})
			if err != nil {
				return nil, err
			}
			newest := time.Time{}
			for _, s := range tree.All("snapshotSet") {
				if at, err := time.Parse(time.RFC3339, s.Child("startTime")); err == nil && at.After(newest) {
					newest = at
				}
			}
			return func(f *operate.Found) {
				f.Backups = append(f.Backups, operate.Backup{Of: p.Name, At: newest, Kind: "snapshot of the disk"})
			}, nil
		}}
}
