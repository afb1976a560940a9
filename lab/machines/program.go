package machines

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/lab/unit"
)

// Surroundings are what machines find in the lab where they would find AWS.
type Surroundings struct {
	// Hosts are the names of the cloud with what they are here, the longest first; see
	// unit.Translator.
	Hosts *strings.Replacer
	// Endpoint is the URL of the lab's AWS; empty where there is none.
	Endpoint string
	// Engines are the databases that stand in for search engines, URLs by the engine's name.
	Engines map[string]string
	// Identity is the access key by which the lab's AWS knows the machine, with its
	// secret.
	Identity [2]string
	// Vault are the secrets that machines may fetch; nil is none.
	Vault Vault
}

// program is a machine's program, whatever kind of machine it is.
type program struct {
	name, what, address string
	sha256              string
	service             service
	environment         []string
	dir                 string
	after               []string
	port                int // at which it serves
	health              unit.Health
	share               int // of the processors, also as GOMAXPROCS; zero leaves them alone
}

// defaultStop is systemd's, in seconds.
const defaultStop = 90

// unit is the program as the lab runs it: from the file that was deployed, with the
// environment that the machine gives it, in the lab's terms.
func (p program) unit(at site.Site, around Surroundings) unit.Unit {
	file := at.Object(p.sha256)
	line := func(words []string) []string {
		if len(words) == 0 {
			return nil
		}
		return append([]string{file}, words[1:]...)
	}
	env := p.translated(around)
	u := unit.Unit{
		Name: p.name, What: p.what, Address: p.address, Ports: ports(p.port), Dir: p.dir,
		Program: line(p.service.start), Environment: env, After: p.after, Health: p.health,
		Stop: unit.Stop{Seconds: p.service.stopSeconds}, Processors: p.share,
	}
	if u.Stop.Seconds == 0 {
		u.Stop.Seconds = defaultStop
	}
	if setup := line(p.service.setup); setup != nil {
		u.Prepare = []unit.Command{{Program: setup}}
	}
	return u
}

// translated is the environment in the lab's terms: names become addresses, what
// listens does so at the machine's own address, and AWS is the lab's.
func (p program) translated(around Surroundings) []string {
	own := map[string]string{
		contract.EnvListen:          fmt.Sprintf("%s:%d", p.address, p.port),
		contract.EnvInternalListen:  fmt.Sprintf("%s:%d", p.address, contract.InternalPort),
		"AWS_EC2_METADATA_DISABLED": "true",
	}
	if around.Endpoint != "" {
		own["AWS_ENDPOINT_URL"] = around.Endpoint
		own["AWS_ACCESS_KEY_ID"], own["AWS_SECRET_ACCESS_KEY"] = around.Identity[0], around.Identity[1]
	}
	if p.share > 0 {
		own["GOMAXPROCS"] = fmt.Sprint(p.share)
	}
	var all []string
	for _, v := range slices.Concat(p.service.environment, p.environment) {
		name, value, _ := strings.Cut(v, "=")
		if _, ours := own[name]; ours {
			continue
		}
		if around.Hosts != nil {
			value = around.Hosts.Replace(value)
		}
		all = append(all, name+"="+value)
	}
	for name, value := range own {
		all = append(all, name+"="+value)
	}
	slices.Sort(all)
	return all
}

// replace sets a variable of an environment.
func replace(env []string, name, value string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	return append(out, name+"="+value)
}

// trusting tells the program of the lab's authority: where it looks for RDS' and among
// the system's own, and where Node.js and Python's requests look, which have lists of
// their own.
func trusting(env []string, at site.Site) []string {
	if variable(env, contract.EnvDatabaseCA) != "" {
		env = replace(env, contract.EnvDatabaseCA, at.CA())
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
		env = replace(env, name, at.CA())
	}
	return env
}

func under(dir string, names ...string) string {
	return filepath.Join(append([]string{dir}, names...)...)
}
