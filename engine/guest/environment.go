package guest

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// hidden are the beginnings of variables by which a program would reach an account, and
// those of Pulumi's that decide where its state and its plugins are.
var hidden = []string{
	"AWS_", "CLOUDFLARE_", "GOOGLE_", "CLOUDSDK_", "ARM_", "AZURE_", "DIGITALOCEAN_", "HCLOUD_", "KUBECONFIG=",
	"PULUMI_ACCESS_TOKEN=", "PULUMI_API=", "PULUMI_BACKEND_URL=", "PULUMI_HOME=", "PULUMI_CREDENTIALS_PATH=",
	"PULUMI_IGNORE_AMBIENT_PLUGINS=", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=", "PULUMI_SKIP_UPDATE_CHECK=",
}

// shown are those of them that say nothing of an account.
var shown = []string{"AWS_REGION=", "AWS_DEFAULT_REGION="}

// Environment is what a command runs with: the given variables without those that lead
// to an account, and with the offline cloud's.
func (p Place) Environment(base []string) []string {
	own := map[string]string{
		"PULUMI_BACKEND_URL": p.Backend(), "PULUMI_HOME": p.home,
		// Else a provider that is not simulated would be fetched, and would act for real.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true", "PULUMI_SKIP_UPDATE_CHECK": "true",
		// The SDKs of the clouds look for credentials in files and on the network, too.
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
		"KUBECONFIG": os.DevNull, p.options.StateVariable: p.cloud,
	}
	maps.Copy(own, p.options.Set)
	path, passphrase := "", false
	var out []string
	for _, v := range base {
		name, value, _ := strings.Cut(v, "=")
		switch _, ours := own[name]; {
		case name == "PATH":
			path = value
		case !ours && !leads(v):
			out = append(out, v)
		}
		passphrase = passphrase || name == "PULUMI_CONFIG_PASSPHRASE" || name == "PULUMI_CONFIG_PASSPHRASE_FILE"
	}
	if !passphrase {
		own["PULUMI_CONFIG_PASSPHRASE"] = p.options.Passphrase
	}
	own["PATH"] = p.plugins + string(os.PathListSeparator) + path
	for _, name := range slices.Sorted(maps.Keys(own)) {
		out = append(out, name+"="+own[name])
	}
	return out
}

// leads reports whether a variable, as "NAME=value", leads to an account.
func leads(variable string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(variable, prefix) }
	return slices.ContainsFunc(hidden, begins) && !slices.ContainsFunc(shown, begins)
}

// slashed is a path as a file:// address has it.
func slashed(path string) string {
	path = strings.ReplaceAll(path, `\`, "/")
	if !strings.HasPrefix(path, "/") { // a drive's letter
		path = "/" + path
	}
	return path
}
