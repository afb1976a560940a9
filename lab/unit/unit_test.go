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
