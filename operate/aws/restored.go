package aws

import (
	"context"
	"fmt"
	"slices"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/operate"
)

// lost are the states from which an instance or a cluster does not come up (RDS and Aurora
// user guides, the tables of statuses).
var lost = []string{"failed", "restore-error", "incompatible-create", "incompatible-credentials",
	"incompatible-network", "incompatible-option-group", "incompatible-parameters", "incompatible-restore",
	"insufficient-capacity", "storage-full", "cloning-failed", "migration-failed",
	"inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable"}

// restored waits until a new instance is available. Who does not wait any more finds it
// at AWS, which goes on.
func (d *Driver) restored(ctx context.Context, r operate.Restoring, id string, made operate.Restored,
	tell func(string)) (operate.Restored, error) {
	one, err := d.comesUp(ctx, r, id, "db-instance", tell, func(ctx context.Context) (awswire.Node, string, error) {
		one, err := d.instance(ctx, r.Of.Region, id)
		if awswire.CodeOf(err) == "DBInstanceNotFound" { // not yet
			err = nil
		}
		return one, one.Child("DBInstanceStatus"), awswire.Explained(err, "look how far "+id+" is",
			healths[operate.Database].action)
	})
	if err != nil {
		return made, err
	}
	at := one.Find("Endpoint")
	made.Host, made.Port, made.GoesOn = at.Child("Address"), number(at.Child("Port")), ""
	return made, nil
}

// comesUp looks until something new is available. An empty state is one that AWS does not
// know yet.
func (d *Driver) comesUp(ctx context.Context, r operate.Restoring, id, source string, tell func(string),
	look func(context.Context) (awswire.Node, string, error)) (awswire.Node, error) {
	for before := ""; ; {
		one, state, err := look(ctx)
		if err != nil {
			return one, err
		}
		if state != before && state != "" {
			tell(id + " is " + state)
		}
		before = state
		switch {
		case state == "available":
			return one, nil
		case slices.Contains(lost, state):
			return one, fmt.Errorf("restore %s: %s, the new one, is %s; RDS's events say why: aws rds describe-events "+
				"--source-type %s --source-identifier %s", r.Of.Name, id, state, source, id)
		}
		for range patientRests {
			if !d.rest(ctx) {
				return one, ctx.Err()
			}
		}
	}
}

// patientRests are the pauses between two looks at something that takes a quarter of an hour.
const patientRests = 8
