package refer

import "github.com/rung-dev/rung/offline/sim"

// TakesAlong lets a delete take what cannot live without the deleted: the
// resources of a kind that name it under a path, and what in turn names those.
func TakesAlong(token, path string, further ...func(*sim.Op, sim.Found)) func(*sim.Op) error {
	return func(o *sim.Op) error {
		dropWhere(o, token, path, o.ID, further)
		return nil
	}
}

// AndTheir continues TakesAlong by one kind.
func AndTheir(token, path string) func(*sim.Op, sim.Found) {
	return func(o *sim.Op, parent sim.Found) { dropWhere(o, token, path, parent.ID, nil) }
}

func dropWhere(o *sim.Op, token, path, id string, further []func(*sim.Op, sim.Found)) {
	for _, f := range o.All(token) {
		if f.Props.Str(path) != id {
			continue
		}
		for _, next := range further {
			next(o, f)
		}
		o.Drop(f)
	}
}
