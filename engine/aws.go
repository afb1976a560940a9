package engine

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// machine is what the AWS checks look at, so that they can be tested.
type machine struct {
	env    func(string) string
	set    func(string) bool // true for a variable that is set, even to nothing
	exists func(string) bool
	read   func(string) ([]byte, error)
	home   string
}

func thisMachine() machine {
	home, _ := os.UserHomeDir() // without a home there are no files in it
	return machine{
		env: os.Getenv, home: home, read: os.ReadFile,
		set:    func(k string) bool { _, ok := os.LookupEnv(k); return ok },
		exists: func(p string) bool { _, err := os.Stat(p); return err == nil },
	}
}

// check reports at once everything that a run on AWS would miss: credentials, a
// Pulumi backend, a passphrase. It proves none of them right; AWS and Pulumi do.
func (m machine) check(stackConfig string) error {
	var errs []error
	if !m.credentials() {
		errs = append(errs, setupf("no AWS credentials: run `aws configure` or `aws sso login`, or set AWS_PROFILE or "+
			"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; without an account use --cloud offline"))
	}
	backend := m.backend()
	if backend == "" {
		errs = append(errs, setupf("no Pulumi backend: run `pulumi login` (or `pulumi login s3://bucket`), or set "+
			"PULUMI_BACKEND_URL"))
	}
	if selfManaged(backend) && !m.passphrase(stackConfig) {
		errs = append(errs, setupf("the backend %s encrypts secrets with a passphrase: set PULUMI_CONFIG_PASSPHRASE or "+
			"PULUMI_CONFIG_PASSPHRASE_FILE", backend))
	}
	return errors.Join(errs...)
}

// credentials looks where the AWS SDK looks, the instance role included.
func (m machine) credentials() bool {
	for _, v := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
	} {
		if m.env(v) != "" {
			return true
		}
	}
	for _, f := range []string{m.fileOr("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
		m.fileOr("AWS_CONFIG_FILE", "config")} {
		if m.exists(f) {
			return true
		}
	}
	vendor, err := m.read("/sys/class/dmi/id/sys_vendor")
	return err == nil && strings.Contains(string(vendor), "Amazon EC2")
}

func (m machine) fileOr(variable, name string) string {
	if f := m.env(variable); f != "" {
		return f
	}
	return filepath.Join(m.home, ".aws", name)
}

// backend is the URL of the user's Pulumi backend, empty when there is none.
func (m machine) backend() string {
	if url := m.env("PULUMI_BACKEND_URL"); url != "" {
		return url
	}
	if m.env("PULUMI_ACCESS_TOKEN") != "" {
		return "https://api.pulumi.com"
	}
	dir := m.env("PULUMI_HOME")
	if dir == "" {
		dir = filepath.Join(m.home, ".pulumi")
	}
	var login struct {
		Current string `json:"current"`
	}
	text, err := m.read(filepath.Join(dir, "credentials.json"))
	if err != nil || json.Unmarshal(text, &login) != nil {
		return ""
	}
	return login.Current
}

func selfManaged(backend string) bool {
	return backend != "" && !strings.HasPrefix(backend, "https://")
}

// passphrase is true also for a stack with a secrets provider of its own, such as
// KMS. An empty passphrase is one to Pulumi.
func (m machine) passphrase(stackConfig string) bool {
	if m.set("PULUMI_CONFIG_PASSPHRASE") || m.set("PULUMI_CONFIG_PASSPHRASE_FILE") {
		return true
	}
	text, err := m.read(stackConfig)
	return err == nil && strings.Contains(string(text), "secretsprovider: ") &&
		!strings.Contains(string(text), "secretsprovider: passphrase")
}
