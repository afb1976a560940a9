package machines

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/resource/token"
)

const (
	// secretsFile is where a fleet's machine keeps which secrets its program has, and
	// authorityFile where it keeps those who vouch for RDS.
	secretsFile, authorityFile = "/etc/rung/secrets.json", "/etc/rung/rds-ca.pem"
)

// Vault are a cloud's secrets, by ARN and by name.
type Vault map[string]string

// Secrets are what a cloud's Secrets Manager and parameter store hold.
func Secrets(c cloud.Cloud) Vault {
	vault := Vault{}
	for _, s := range c.All(token.SecretsManagerSecret) {
		if v, ok := c.First(token.SecretsManagerSecretVersion, "secretId", s.Str("arn")); ok {
			vault[s.Str("arn")], vault[s.Str("name")] = v.Str("secretString"), v.Str("secretString")
		}
	}
	for _, p := range c.All(token.SSMParameter) {
		vault[p.Str("name")] = p.Str("value")
	}
	return vault
}

// sealed is one of a program's secrets, as the list on its machine has it.
type sealed struct{ Name, ID, Field, Form string }

// readSealed reads such a list; nothing for none.
func readSealed(text string) ([]sealed, error) {
	var list struct{ Secrets []sealed }
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read which secrets its program has: %w", err)
	}
	return list.Secrets, nil
}

// environment is what rung-secrets makes of the list on a machine. A secret that the
// cloud does not have is left out, and the program says what it misses.
func (v Vault) environment(list []sealed, authority string) (env []string) {
	for _, s := range list {
		text, ok := v[s.ID]
		if !ok {
			continue
		}
		env = append(env, s.Name+"="+strings.ReplaceAll(s.value(text), authorityFile, authority))
	}
	return env
}

// value is the secret's value, its field, or the form around it.
func (s sealed) value(text string) string {
	object := map[string]any{}
	isObject := json.Unmarshal([]byte(text), &object) == nil
	switch {
	case s.Form != "" && !isObject:
		return strings.ReplaceAll(s.Form, "{}", url.QueryEscape(text))
	case s.Form != "":
		form := s.Form
		for key, v := range object {
			form = strings.ReplaceAll(form, "{"+key+"}", url.QueryEscape(fmt.Sprint(v)))
		}
		return form
	case s.Field != "":
		return fmt.Sprint(object[s.Field])
	}
	return text
}
