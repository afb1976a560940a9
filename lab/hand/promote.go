package hand

import (
	"fmt"

	"github.com/rung-dev/rung/lab/place"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// Instance is a database instance by its region and identifier.
type Instance struct{ Region, Identifier string }

func (i Instance) is(e *sim.Entry) bool {
	return e.Region == i.Region && e.Properties.Str("identifier") == i.Identifier
}

// Promote takes the source of a copy away in the cloud of a lab, as RDS does by its call: no program
// knows of it, and the supervisor makes the copy's server a primary. Like RDS the cloud tells from
// then on what the copy has of its source.
func Promote(at place.Place, standby, source Instance) error {
	err := sim.OpenStore(at.Cloud()).Change(func(s *sim.Cloud) error { return promote(s, standby, source) })
	if err != nil {
		return fmt.Errorf("promote %s: %w", standby.Identifier, err)
	}
	return nil
}

func promote(s *sim.Cloud, standby, source Instance) error {
	var of sim.Props
	if err := s.Alter(token.RDSInstance, func(e *sim.Entry) bool {
		if source.is(e) {
			of = e.Properties
		}
		return false
	}); err != nil {
		return err
	}
	return s.Alter(token.RDSInstance, func(e *sim.Entry) bool {
		if !standby.is(e) {
			return false
		}
		delete(e.Properties, "replicateSourceDb")
		for _, key := range []string{"username", "dbName", "password"} {
			if e.Properties.Str(key) == "" && of.Str(key) != "" {
				e.Properties[key] = of[key]
			}
		}
		return true
	})
}
