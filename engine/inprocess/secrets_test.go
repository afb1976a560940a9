package inprocess

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A CLI that derives the key reads what the known key wrote, and the other way round.
func TestTheKnownKeyIsTheOneOfTheSalt(t *testing.T) {
	theirs, err := passphrase.GetPassphraseSecretsManager(Passphrase, Salt)
	require.NoError(t, err)
	ours, err := secretsOf(Salt)
	require.NoError(t, err)
	assert.Equal(t, theirs.Type(), ours.Type())
	assert.JSONEq(t, string(theirs.State()), string(ours.State()))
	secret, err := ours.Encrypter().EncryptValue(t.Context(), "hunter2")
	require.NoError(t, err)
	plain, err := theirs.Decrypter().DecryptValue(t.Context(), secret)
	require.NoError(t, err)
	assert.Equal(t, "hunter2", plain)
}

// A stack that a CLI made has a salt of its own.
func TestAnotherSaltIsDerived(t *testing.T) {
	salt, theirs, err := passphrase.NewPassphraseSecretsManager(Passphrase)
	require.NoError(t, err)
	require.NotEqual(t, Salt, salt)
	secret, err := theirs.Encrypter().EncryptValue(t.Context(), "hunter2")
	require.NoError(t, err)
	state, err := json.Marshal(salted{salt})
	require.NoError(t, err)
	ours, err := Secrets{}.OfType(t.Context(), passphrase.Type, state)
	require.NoError(t, err)
	plain, err := ours.Decrypter().DecryptValue(t.Context(), secret)
	require.NoError(t, err)
	assert.Equal(t, "hunter2", plain)
	_, err = Secrets{}.OfType(t.Context(), "awskms", nil)
	assert.ErrorContains(t, err, `"awskms"`)
}
