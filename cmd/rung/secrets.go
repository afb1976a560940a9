package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/stacks/config"
)

// secure is how Pulumi writes an encrypted value: an object with this one key.
const secure = "secure"

// openSecrets decrypts the encrypted values among the settings, for this process
// alone: the settings keep them as they stand, so that nothing writes them out.
func (a *app) openSecrets(file pulumiFile, set settings) (problems []config.Problem) {
	a.secrets = secrets{}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		for _, sealed := range ciphertexts(decoded(set[key])) {
			text, err := a.decrypt(file, sealed)
			if err != nil {
				problems = append(problems, config.Problem{Key: key, Value: "[secret]", Want: err.Error()})
				break
			}
			a.secrets[sealed] = text
		}
	}
	return problems
}

// errNoPassphrase, errForeign and errSealed are secrets that cannot be opened.
var (
	errNoPassphrase = errors.New("it is encrypted: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, or " +
		"give the value in plain")
	errForeign = errors.New("it is encrypted by a service, which rung does not ask: give the value in plain; none " +
		"of rung's settings is a secret")
	errSealed = errors.New("it is encrypted with another passphrase than the stack's: encrypt it anew with " +
		"`pulumi config set --secret`, or give the value in plain")
)

// decrypt opens what the stack's passphrase has closed.
func (a *app) decrypt(file pulumiFile, sealed string) (string, error) {
	if file.EncryptedKey != "" || file.SecretsProvider != "" && file.SecretsProvider != "passphrase" ||
		file.EncryptionSalt == "" {
		return "", errForeign
	}
	phrase, err := a.passphrase()
	if err != nil {
		return "", err
	}
	parts := strings.Split(file.EncryptionSalt, ":") // version, salt and a text to try it on
	if len(parts) < 3 || parts[0] != "v1" {
		return "", fmt.Errorf("it is encrypted and the file's encryptionsalt is of an unknown form: %w", errSealed)
	}
	salt, err := base64.StdEncoding.DecodeString(parts[1])
	if err != nil {
		return "", fmt.Errorf("it is encrypted and the file's encryptionsalt is damaged: %w", errSealed)
	}
	crypter := pulumiconfig.NewSymmetricCrypterFromPassphrase(phrase, salt)
	text, err := crypter.DecryptValue(context.Background(), sealed)
	if err != nil {
		return "", errSealed
	}
	return text, nil
}

func (a *app) passphrase() (string, error) {
	if a.flags.offline() {
		return engine.OfflinePassphrase, nil
	}
	if phrase, set := os.LookupEnv("PULUMI_CONFIG_PASSPHRASE"); set {
		return phrase, nil
	}
	path := os.Getenv("PULUMI_CONFIG_PASSPHRASE_FILE")
	text, err := os.ReadFile(path)
	if path == "" || err != nil {
		return "", errNoPassphrase
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// secrets are decrypted values by what they were encrypted to.
type secrets map[string]string

// open gives settings with their secrets in plain, to be read and never stored.
func (s secrets) open(set settings) settings {
	if len(s) == 0 {
		return set
	}
	out := maps.Clone(set)
	for key, text := range set {
		if v := decoded(text); len(ciphertexts(v)) > 0 {
			out[key] = textOf(s.plain(v))
		}
	}
	return out
}

func (s secrets) plain(v any) any {
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = s.plain(item)
		}
		return list
	case map[string]any:
		if sealed, is := ciphertext(v); is {
			return s[sealed]
		}
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[key] = s.plain(item)
		}
		return object
	}
	return v
}

// hide takes secret values out of the problems that settings have.
func (s secrets) hide(err error, set settings) error {
	var problems config.Problems
	if len(s) == 0 || !errors.As(err, &problems) {
		return err
	}
	hidden := slices.Clone(problems)
	for i, p := range hidden {
		parent, _, _ := strings.Cut(p.Key, ".")
		if len(ciphertexts(decoded(set[p.Key]))) > 0 || len(ciphertexts(decoded(set[parent]))) > 0 {
			hidden[i] = config.Problem{Key: p.Key, Value: "[secret]", Want: "want " + config.Allowed(p.Key)}
		}
	}
	return hidden
}

// decoded is an object or a list that stands as JSON; nil for anything else.
func decoded(text string) any {
	var v any
	if !strings.Contains(text, secure) || !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") ||
		json.Unmarshal([]byte(text), &v) != nil {
		return nil
	}
	return v
}

// ciphertext is what an encrypted value holds.
func ciphertext(object map[string]any) (string, bool) {
	sealed, is := object[secure].(string)
	return sealed, is && len(object) == 1
}

// ciphertexts are all encrypted values in a value.
func ciphertexts(v any) (found []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			found = append(found, ciphertexts(item)...)
		}
	case map[string]any:
		if sealed, is := ciphertext(v); is {
			return []string{sealed}
		}
		for _, item := range v {
			found = append(found, ciphertexts(item)...)
		}
	}
	return found
}
