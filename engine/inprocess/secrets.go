package inprocess

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// Passphrase encrypts the secrets of offline stacks. It protects nothing: the
// offline cloud holds no real secret, and a fixed one needs no setup.
const Passphrase = "rung-offline"

// Salt is what a new stack keeps as the encryptionsalt of its configuration.
// Pulumi draws one per stack and derives a key from it and the passphrase, which
// takes a third of a second each time that a stack is opened. As the passphrase is
// known to everybody, a fixed salt, whose key is known as well, gives nothing away.
const (
	Salt    = "v1:ShNNAmejwrY=:v1:v/FHME07yAiZ7avs:6B6Gk3UKClMg8ekwd7bD14lk9Lqgmg=="
	saltKey = "fea325809d56b730d9100e7dbdd855a557fb518c9b228ac450ae6f7cea91ad79"
)

// Secrets gives the secrets manager that a state names, as Pulumi's own provider
// does, with the passphrase known.
type Secrets struct{}

// OfType answers for passphrases alone.
func (Secrets) OfType(_ context.Context, kind string, state json.RawMessage) (secrets.Manager, error) {
	if kind != passphrase.Type {
		return nil, fmt.Errorf("the state's secrets are of %q, and those of the offline cloud are of a passphrase", kind)
	}
	var s salted
	if err := json.Unmarshal(state, &s); err != nil {
		return nil, fmt.Errorf("read the state's secrets: %w", err)
	}
	return secretsOf(s.Salt)
}

// secretsOf is the manager of a salt, such as stands in a stack's configuration.
func secretsOf(salt string) (secrets.Manager, error) {
	if salt == Salt {
		return known()
	}
	m, err := passphrase.GetPassphraseSecretsManager(Passphrase, salt)
	if err != nil {
		return nil, fmt.Errorf("open the stack's secrets: %w", err)
	}
	return stack.NewBatchingCachingSecretsManager(m), nil
}

// salted is the state of a passphrase's secrets manager.
type salted struct {
	Salt string `json:"salt"`
}

// withKey is a passphrase's secrets manager whose key need not be derived.
type withKey struct {
	config.Crypter
	state json.RawMessage
}

func known() (secrets.Manager, error) {
	key, err := hex.DecodeString(saltKey)
	if err != nil {
		return nil, err
	}
	state, err := json.Marshal(salted{Salt})
	if err != nil {
		return nil, err
	}
	return stack.NewBatchingCachingSecretsManager(withKey{config.NewSymmetricCrypter(key), state}), nil
}

// Type is that of a passphrase.
func (withKey) Type() string { return passphrase.Type }

// State is what stands in a state.
func (m withKey) State() json.RawMessage { return m.state }

// Encrypter encrypts.
func (m withKey) Encrypter() config.Encrypter { return m }

// Decrypter decrypts.
func (m withKey) Decrypter() config.Decrypter { return m }
