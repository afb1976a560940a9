// Package sealed brings a program's secrets onto machines: a unit that fetches
// them before each start, the list of which they are, and the file in memory from
// which systemd reads them. No value is in user data, in a state or on a disk.
//
// The unit is one of its own, so that nothing of the program's environment reaches
// what runs as root. It takes jq, the AWS CLI and a role that may read the secrets.
package sealed

import (
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/boot"
	"github.com/rung-dev/rung/components/program"
)

//go:embed secrets.sh
var script string

const (
	// Unit is what the program's own unit wants and comes after.
	Unit = "rung-secrets.service"
	// command is where the script lies.
	command = "/usr/local/sbin/rung-secrets"
)

const unit = `[Unit]
Description=Fetches the program's secrets into memory
After=network-online.target
Wants=network-online.target
[Service]
Type=oneshot
ExecStart=` + command + ` @LIST@
`

// Secret is one line of the list that lies on machines.
type Secret struct {
	Name      string `json:"name"`
	ID        string `json:"id"`
	Parameter bool   `json:"parameter,omitempty"`
	Field     string `json:"field,omitempty"`
	Form      string `json:"form,omitempty"`
}

// Files are the unit and its script, for a list at that path.
func Files(list string) []boot.File {
	return []boot.File{
		{Path: command, Mode: "0755", Content: script},
		{Path: "/etc/systemd/system/" + Unit, Mode: "0644", Content: strings.ReplaceAll(unit, "@LIST@", list)},
	}
}

// List is the list's text.
func List(secrets []Secret) string {
	if secrets == nil {
		secrets = []Secret{}
	}
	text, _ := json.MarshalIndent(map[string]any{"secrets": secrets}, "", " ") // texts always encode
	return string(text)
}

// FormOf is the form of a secret, empty for none.
func FormOf(s program.Secret) pulumi.StringInput {
	if s.Form == nil {
		return pulumi.String("")
	}
	return s.Form
}

// Known are the secrets with their ids and forms, each id followed by its form.
func Known(secrets []program.Secret, known []string) []Secret {
	list := make([]Secret, len(secrets))
	for i, s := range secrets {
		list[i] = Secret{Name: s.Name, ID: known[2*i], Parameter: s.Parameter, Field: s.Field, Form: known[2*i+1]}
	}
	return list
}

// Inputs are the secrets as the list has them, for a text that is made of inputs.
func Inputs(secrets []program.Secret) pulumi.Array {
	list := make(pulumi.Array, len(secrets))
	for i, s := range secrets {
		one := pulumi.Map{"name": pulumi.String(s.Name), "id": s.ID}
		if s.Parameter {
			one["parameter"] = pulumi.Bool(true)
		}
		if s.Field != "" {
			one["field"] = pulumi.String(s.Field)
		}
		if s.Form != nil {
			one["form"] = s.Form
		}
		list[i] = one
	}
	return list
}
