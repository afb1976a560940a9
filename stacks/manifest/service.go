package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/outside/pattern"
)

// Service is a part of the app that has machines of its own from stage 4 on, and
// takes the requests to some paths. On the stages below the web part has them, and
// above it keeps those that no weight has moved yet.
type Service struct {
	// Name is frozen with the first deployment: machines and stores are called by it.
	Name string `json:"name"`
	// Paths are patterns, "/api/orders*" say. The first service of the list that
	// has one gets the request.
	Paths []string `json:"paths"`
	// Command serves at Port; zero, for a Binary or an Image, is what the web part runs.
	Command *Command `json:"command,omitempty"`
	// Store is where the service keeps its data; empty means NoStore.
	Store Store `json:"store,omitempty"`
	// Release runs once for each release in the service's own database.
	Release *Command `json:"release,omitempty"`
}

// Store says which database a service is handed.
type Store string

// The stores.
const (
	// NoStore is none: not even the app's.
	NoStore Store = "none"
	// SharedStore is the app's database.
	SharedStore Store = "shared"
	// OwnStore is a database that nobody else is handed.
	OwnStore Store = "own"
)

// Stores are all that a service may have.
func Stores() []Store { return []Store{NoStore, SharedStore, OwnStore} }

const (
	// maxServices is how many a stack has: a listener of AWS's load balancers has
	// 100 rules, and each service costs two machines at the least.
	maxServices = 20
	// maxServicePaths is how many patterns fit into a rule beside the origin's secret.
	maxServicePaths = 4
	// maxServiceName is how long a name is, so that those made of it are none too long.
	maxServiceName = 20
)

var (
	serviceName = pattern.Lazy(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	servicePath = pattern.Lazy(`^/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$`)
	// regionCode is a word by which rung tells the parts of a region from home's.
	regionCode = pattern.Lazy(`^[a-z]{2}[a-z]{1,3}[0-9]$`)
)

// taken are words that rung has other things of.
var taken = []string{"alb", "all", "app", "balancer", "database", "errors", "health", "inner", "install", "maintenance",
	"moved", "rejected", "release", "server", "sg", "shard", "slow", "targets", "unhealthy", "verified", "web", "worker",
	"workers"}

// services reads the list.
func (r *reader) services(at string, n *yaml.Node) (all []Service) {
	r.items(at, n, "a list of services, each with name, paths and, where it needs them, command, store and release",
		func(at string, n *yaml.Node) {
			var s Service
			store := ""
			before := len(r.problems)
			r.mapping(at, n,
				field{"name", r.serviceName(&s.Name)},
				field{"paths", func(at string, n *yaml.Node) { s.Paths = r.paths(at, n) }},
				field{"command", r.command(&s.Command)},
				field{"store", r.oneOf(&store, texts(Stores()))},
				field{"release", r.command(&s.Release)})
			if len(r.problems) == before {
				r.required(at, s)
			}
			s.Store = Store(store)
			all = append(all, s)
		})
	if len(all) > maxServices {
		r.problems = append(r.problems, Problem{at, fmt.Sprintf("%d services", len(all)), fmt.Sprintf("want at most %d",
			maxServices)})
	}
	return all
}

func texts[T ~string](list []T) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = string(v)
	}
	return all
}

// required reports what a service cannot do without.
func (r *reader) required(at string, s Service) {
	if s.Name == "" {
		r.problems = append(r.problems, Problem{below(at, "name"), "", "required: machines and alarms are called by it"})
	}
	if len(s.Paths) == 0 {
		r.problems = append(r.problems,
			Problem{below(at, "paths"), "", "required: the paths that it answers, /api/orders* say"})
	}
}

func (r *reader) serviceName(to *string) func(string, *yaml.Node) {
	return func(at string, n *yaml.Node) {
		v, ok := line(n)
		if !ok || !serviceName().MatchString(v) || len(v) > maxServiceName {
			r.wrong(at, n, fmt.Sprintf("want small letters, digits and single -, at most %d, a letter first", maxServiceName))
			return
		}
		if slices.Contains(taken, v) {
			r.wrong(at, n, "rung has something else of that name: want another, such as "+v+"-api")
			return
		}
		for word := range strings.SplitSeq(v, "-") {
			if regionCode().MatchString(word) || word == "shard" {
				r.wrong(at, n, "rung calls regions and shards by words such as "+word+": want another")
				return
			}
		}
		*to = v
	}
}

// paths reads the patterns of a service.
func (r *reader) paths(at string, n *yaml.Node) (all []string) {
	r.items(at, n, "a list of paths, [/api/orders*] say", func(at string, n *yaml.Node) {
		v, ok := line(n)
		switch {
		case !ok || !servicePath().MatchString(v):
			r.wrong(at, n, "want a path such as /api/orders*, of at most 128 characters, where * stands for any of them and "+
				"? for one")
		case strings.Trim(v, "/*?") == "":
			r.wrong(at, n, "that is all of the app: want the paths of a part of it")
		case slices.Contains(all, v):
			r.wrong(at, n, "stands twice")
		}
		all = append(all, v)
	})
	if len(all) > maxServicePaths {
		r.problems = append(r.problems, Problem{at, fmt.Sprintf("%d paths", len(all)), fmt.Sprintf(
			"want at most %d, which is what a rule of the load balancer takes", maxServicePaths)})
	}
	return all
}

// checkServices is about services beside one another and beside the rest of the file.
func (a App) checkServices() (ps Problems) {
	seen := map[string]bool{}
	for i, s := range a.Services {
		at := fmt.Sprintf("services[%d]", i)
		if s.Name != "" && seen[s.Name] {
			ps = append(ps, Problem{at + ".name", s.Name, "stands twice"})
		}
		seen[s.Name] = true
		if a.Directory != "" && s.Command == nil {
			ps = append(ps, Problem{at + ".command", "", "required: what serves at PORT, such as node orders.js"})
		}
		if s.Store == SharedStore && !a.Has(Database) {
			ps = append(ps, Problem{at + ".store", string(s.Store), "the app has no database to share: add database to needs, " +
				"or want none or own"})
		}
		if s.Release != nil && s.Store != OwnStore {
			ps = append(ps, Problem{at + ".release", "", "it runs in the service's own database: want store: own; " +
				"commands.release is for the app's"})
		}
		for j, p := range s.Paths {
			if by, first := a.reachedBefore(i, p); by != "" {
				ps = append(ps, Problem{fmt.Sprintf("%s.paths[%d]", at, j), p, fmt.Sprintf("never reached: %s takes %s, and "+
					"stands first; put the narrower one before it", by, first)})
			}
		}
	}
	return ps
}

// reachedBefore is the service before number i that takes all of a pattern, and by which
// of its own.
func (a App) reachedBefore(i int, path string) (by, pattern string) {
	for _, s := range a.Services[:i] {
		for _, p := range s.Paths {
			if covers(p, path) {
				return cmp.Or(s.Name, "another service"), p
			}
		}
	}
	return "", ""
}

// covers reports whether a pattern matches whatever another one does.
func covers(wide, narrow string) bool {
	var b strings.Builder
	for _, c := range wide {
		switch c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`[^*]`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	ok, err := regexp.MatchString("^"+b.String()+"$", narrow)
	return ok && err == nil
}

// SeenBy is the app as one of its services has it: with no database but the service's.
func (a App) SeenBy(s Service) App {
	a.Needs = slices.DeleteFunc(slices.Clone(a.Needs), func(n Need) bool { return n == Database })
	if s.Store == OwnStore || s.Store == SharedStore {
		a.Needs = append(a.Needs, Database)
	}
	return a
}

// URLVariable is where the rest of the app finds a service, from stage 4 on.
func (s Service) URLVariable() string {
	return strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_")) + "_SERVICE_URL"
}
