package refer

import "github.com/rung-dev/rung/offline/sim"

// Anywhere gives a resource of any region by its id.
func Anywhere(o *sim.Op, token, id string) (sim.Found, bool) {
	for _, f := range o.Anywhere(token) {
		if f.ID == id && id != "" {
			return f, true
		}
	}
	return sim.Found{}, false
}

// AnywhereBy is a resource of any region by one of its outputs.
func AnywhereBy(o *sim.Op, token, by, value string) (sim.Found, bool) {
	for _, f := range o.Anywhere(token) {
		if value != "" && f.Props.Str(by) == value {
			return f, true
		}
	}
	return sim.Found{}, false
}
