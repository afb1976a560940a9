package rds

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/offline/aws/internal/datastore"
	"github.com/rung-dev/rung/offline/aws/internal/offer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// dbEngine is what is known of an engine: its major versions with the minor that
// AWS chooses where none is given, its port and the logs it exports.
//
// The majors follow the RDS user guide. The minors are examples: AWS adds some
// every quarter, so any minor up to maxMinor is taken.
type dbEngine struct {
	majors   map[string]string
	standard string // the major where a program gives none: not verified, AWS moves it on
	port     int
	logs     []string
	license  string
}

// maxMinor is beyond every minor version that RDS has given out.
const maxMinor = 60

var (
	postgresMajors = map[string]string{
		"11": "22", "12": "22", "13": "21", "14": "18", "15": "13", "16": "9", "17": "5", "18": "1",
	}
	postgresLogs = []string{"postgresql", "upgrade", "iam-db-auth-error"}
	mysqlLogs    = []string{"audit", "error", "general", "slowquery", "iam-db-auth-error"}

	dbEngines = map[string]dbEngine{
		"postgres": {majors: postgresMajors, standard: "17", port: 5432, logs: postgresLogs, license: "postgresql-license"},
		"mysql":    {majors: map[string]string{"5.7": "44", "8.0": "42", "8.4": "5"}, standard: "8.4", port: 3306, logs: mysqlLogs, license: "general-public-license"},
		"mariadb": {
			majors:   map[string]string{"10.5": "29", "10.6": "22", "10.11": "13", "11.4": "7", "11.8": "3"},
			standard: "11.4", port: 3306, logs: mysqlLogs, license: "general-public-license",
		},
		"aurora-postgresql": {
			majors: map[string]string{"13": "20", "14": "17", "15": "12", "16": "8", "17": "4"}, standard: "17", port: 5432, logs: postgresLogs, license: "postgresql-license",
		},
		"aurora-mysql": {majors: map[string]string{"8.0": "mysql_aurora.3.08.2"}, standard: "8.0", port: 3306, logs: mysqlLogs, license: "general-public-license"},
	}
)

// majorOf splits a version into the engine's major and the rest; ok is false for
// a version that the engine does not have.
func (e dbEngine) majorOf(version string) (major, minor string, ok bool) {
	for m := range e.majors {
		rest, under := strings.CutPrefix(version, m)
		if under && (rest == "" || rest[0] == '.') && len(m) > len(major) {
			major, minor = m, strings.TrimPrefix(rest, ".")
		}
	}
	if major == "" {
		return "", "", false
	}
	first, _, _ := strings.Cut(minor, ".")
	n, err := strconv.Atoi(first)
	return major, minor, minor == "" || strings.HasPrefix(minor, "mysql_aurora.") || (err == nil && n <= maxMinor)
}

// actual is the full version that runs when a program asks for one.
func (e dbEngine) actual(version string) string {
	major, minor, _ := e.majorOf(version)
	if major == "" && len(e.majors) > 0 {
		major = e.standard
	}
	if minor == "" {
		minor = e.majors[major]
	}
	return strings.TrimSuffix(major+"."+minor, ".")
}

// engineFamily is the parameter group family of a version: "postgres17".
func engineFamily(engine, version string) string {
	major, _, _ := dbEngines[engine].majorOf(version)
	if major == "" {
		major = dbEngines[engine].standard
	}
	return engine + major
}

// families of parameter groups that exist.
func dbFamilies() []string {
	var all []string
	for _, engine := range slices.Sorted(maps.Keys(dbEngines)) {
		for _, major := range slices.SortedFunc(maps.Keys(dbEngines[engine].majors), datastore.CompareVersions) {
			all = append(all, engine+major)
		}
	}
	return all
}

func familyKnown(o *sim.Op) error {
	family := o.In.Str("family")
	if slices.Contains(dbFamilies(), family) {
		return nil
	}
	return sim.Refuse("InvalidParameterValue",
		fmt.Sprintf("ParameterGroupFamily %s is not a valid parameter group family", family),
		"Choose one of "+strings.Join(dbFamilies(), ", ")+".")
}

func engineKnown(o *sim.Op) error {
	name, version := o.In.Str("engine"), o.In.Str("engineVersion")
	if name == "" {
		return nil
	}
	engine, ok := dbEngines[name]
	if !ok {
		return sim.Refuse("InvalidParameterValue", "Invalid DB engine", fmt.Sprintf("Offline, engines are %s; got %q.",
			strings.Join(slices.Sorted(maps.Keys(dbEngines)), ", "), name))
	}
	if _, _, ok := engine.majorOf(version); ok || version == "" {
		return nil
	}
	return sim.Refuse("InvalidParameterCombination", fmt.Sprintf("Cannot find version %s for %s", version, name),
		"Choose a version of "+strings.Join(slices.SortedFunc(maps.Keys(engine.majors), datastore.CompareVersions), ", ")+".")
}

func classKnown(o *sim.Op) error {
	class := o.In.Str("instanceClass")
	if offer.Has(machine.RDS, class) || class == "db.serverless" && o.Kind.Token != token.RDSInstance {
		return nil
	}
	return sim.Refuse("InvalidParameterValue", "Invalid DB Instance class: "+class, offer.Hint(machine.RDS, class))
}
