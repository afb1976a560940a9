package program

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/components/part"
)

var (
	sha256Hex    = regexp.MustCompile(`^[0-9a-f]{64}$`)
	variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	// plainName is what a unit's description and a shell's variable both take.
	plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	// urlPath is a path that needs no quotes in a shell.
	urlPath = regexp.MustCompile(`^/[A-Za-z0-9._~/?&=%+-]*$`)
)

const (
	minBootSeconds, maxBootSeconds = 10, 3_600
	maxStopSeconds                 = 3_600
	minPort, maxPort               = 1_024, 65_535
)

// Check reports all that is wrong with a program that has its defaults; each
// field as a caller writes it, "Program.Port" say.
func (s Spec) Check() error {
	errs := []error{s.checkStart(), CheckEnvironment("Program.Environment", s.Environment), s.checkSecrets(),
		s.checkPlaces()}
	if !plainName.MatchString(s.Name) {
		errs = append(errs, fmt.Errorf("Program.Name: got %q, want letters, digits and . _ - only", s.Name))
	}
	if s.BootSeconds < minBootSeconds || s.BootSeconds > maxBootSeconds {
		errs = append(errs, fmt.Errorf("Program.BootSeconds: got %d, want %d to %d", s.BootSeconds, minBootSeconds,
			maxBootSeconds))
	}
	if s.StopSeconds < 1 || s.StopSeconds > maxStopSeconds {
		errs = append(errs, fmt.Errorf("Program.StopSeconds: got %d, want 1 to %d", s.StopSeconds, maxStopSeconds))
	}
	return errors.Join(errs...)
}

// checkStart is about what is started, and by whom.
func (s Spec) checkStart() error {
	errs := []error{checkWords("Program.Command", s.Command), checkWords("Program.Setup", s.Setup)}
	if a := s.Artifact; a != nil {
		if a.Bucket == nil || a.BucketARN == nil || a.Key == nil {
			errs = append(errs, errors.New("Program.Artifact: Bucket, BucketARN and Key are required"))
		}
		if !sha256Hex.MatchString(a.SHA256) {
			errs = append(errs, fmt.Errorf("Program.Artifact.SHA256: got %q, want 64 hex digits", a.SHA256))
		}
		return errors.Join(errs...)
	}
	for field, words := range map[string][]string{"Command": s.Command, "Setup": s.Setup} {
		if len(words) > 0 && !path.IsAbs(words[0]) {
			errs = append(errs, fmt.Errorf("Program.%s: got %q first, want the absolute path of a program of the image, or an "+
				"Artifact", field, words[0]))
		}
	}
	if !s.Runs() && (s.FinishesWork || len(s.Setup) > 0 || s.DatabaseCA) {
		errs = append(errs, errors.New("Program: FinishesWork, Setup and DatabaseCA need a Command or an Artifact: what the "+
			"image starts itself nobody here stops or waits for"))
	}
	return errors.Join(errs...)
}

// checkSecrets is about what machines fetch, and who installs what.
func (s Spec) checkSecrets() error {
	var errs []error
	seen := map[string]bool{}
	for i, v := range s.Secrets {
		if !variableName.MatchString(v.Name) || v.ID == nil || seen[v.Name] {
			errs = append(errs, fmt.Errorf("Program.Secrets[%d]: got name %q, want capitals, digits and underscores, once, and "+
				"an ID", i, v.Name))
		}
		seen[v.Name] = true
	}
	if s.Artifact == nil && (s.Installs || s.Contains || len(s.Secrets) > 0) {
		errs = append(errs, errors.New("Program: Installs, Contains and Secrets need an Artifact"))
	}
	return errors.Join(errs...)
}

func checkWords(field string, words []string) error {
	var errs []error
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, "\n\r\x00") {
			errs = append(errs, fmt.Errorf("%s[%d]: got %q, want one line that is not empty", field, i, w))
		}
	}
	return errors.Join(errs...)
}

// checkPlaces is about where the program is asked.
func (s Spec) checkPlaces() error {
	errs := []error{checkPort("Program.Port", s.Port)}
	if s.Runs() && s.Port > 0 && s.Port < minPort {
		errs = append(errs, fmt.Errorf("Program.Port: got %d, want %d or more: the program runs without root's rights, and "+
			"what is in front of it serves the port that people know", s.Port, minPort))
	}
	if s.HealthPath != "" && (!urlPath.MatchString(s.HealthPath) || !s.Serves()) {
		errs = append(errs, fmt.Errorf("Program.HealthPath: got %q, want a path such as /health, and a Port", s.HealthPath))
	}
	m := s.Metrics
	if m == nil {
		return errors.Join(errs...)
	}
	if m.Port == 0 || !urlPath.MatchString(m.Path) {
		errs = append(errs, fmt.Errorf("Program.Metrics: got port %d and path %q, want both", m.Port, m.Path))
	}
	errs = append(errs, checkPort("Program.Metrics.Port", m.Port))
	for i, name := range m.Names {
		if !metricName.MatchString(name) {
			errs = append(errs, fmt.Errorf("Program.Metrics.Names[%d]: got %q, want a name as Prometheus has it", i, name))
		}
	}
	return errors.Join(errs...)
}

var metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

func checkPort(field string, port int) error {
	if port < 0 || port > maxPort {
		return fmt.Errorf("%s: got %d, want 1 to %d, or 0 for none", field, port, maxPort)
	}
	return nil
}

// CheckEnvironment reports each variable that no program could be given: with
// another name than environments have, without a value, or one that stands twice.
func CheckEnvironment(field string, variables []part.Variable) error {
	var errs []error
	seen := map[string]bool{}
	for i, v := range variables {
		if !variableName.MatchString(v.Name) {
			errs = append(errs, fmt.Errorf("%s[%d]: got name %q, want capitals, digits and underscores", field, i, v.Name))
		}
		if v.Value == nil {
			errs = append(errs, fmt.Errorf("%s[%d]: %s has no value", field, i, v.Name))
		}
		if seen[v.Name] {
			errs = append(errs, fmt.Errorf("%s[%d]: %s stands twice", field, i, v.Name))
		}
		seen[v.Name] = true
	}
	return errors.Join(errs...)
}
