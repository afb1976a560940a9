package unit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASealedUnitIsTheSame(t *testing.T) {
	u := Unit{Name: "db", Program: []string{"postgres"}, Files: []File{{Path: "/a", Content: "b", Reload: true}},
		Ready: []Command{{Input: "SELECT 1"}}}
	s := u.Sealed()
	assert.Equal(t, []string{u.Starting(), u.Loaded(), u.Readied()}, []string{s.Starting(), s.Loaded(), s.Readied()})
	other := u
	other.Program = []string{"redis"}
	assert.NotEqual(t, s.Starting(), other.Starting())
}

// Another name in its certificate is a matter of being told, where the program takes that;
// another address never is.
func TestANameMoreIsToldWhereACertificateIsReadAnew(t *testing.T) {
	for rereads, anew := range map[bool]bool{true: false, false: true} {
		u := Unit{Address: "127.0.0.2", Hosts: []string{"db"}, Rereads: rereads}
		more := u
		more.Hosts = []string{"db", "relay"}
		assert.Equal(t, anew, u.Starting() != more.Starting())
		assert.Equal(t, rereads, u.Loaded() != more.Loaded())
	}
	moved := Unit{Address: "127.0.0.3", Rereads: true}
	assert.NotEqual(t, Unit{Address: "127.0.0.2", Rereads: true}.Starting(), moved.Starting())
}
