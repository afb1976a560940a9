package session

import (
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPasswords(t *testing.T) {
	h := NewHasher()
	hash, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	again, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	assert.NotEqual(t, hash, again, "each has its own salt")
	for give, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		ok, err := h.Check(t.Context(), give, hash)
		require.NoError(t, err)
		assert.Equal(t, want, ok, give)
	}
	wrong, err := argon2id.ComparePasswordAndHash("", nobodys)
	require.NoError(t, err)
	assert.False(t, wrong)
	ok, err := h.Check(t.Context(), "", "")
	require.NoError(t, err)
	assert.False(t, ok, "nobody has no password")
	for _, bad := range []string{"plain", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$x$AA$AA",
		"$argon2id$v=19$m=1,t=1,p=1$!$AA"} {
		_, err := h.Check(t.Context(), "x", bad)
		assert.Error(t, err, bad)
	}
}
