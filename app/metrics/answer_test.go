package metrics

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What must be done before an answer is done before its first byte, and once.
func TestBeforeAnAnswerBegins(t *testing.T) {
	for name, give := range map[string]func(*Answer){
		"a status":  func(a *Answer) { a.WriteHeader(204) },
		"a body":    func(a *Answer) { a.Write([]byte("x")) },
		"both":      func(a *Answer) { a.WriteHeader(201); a.Write([]byte("x")) },
		"in pieces": func(a *Answer) { a.Write([]byte("x")); a.Write([]byte("y")) },
	} {
		w, n := httptest.NewRecorder(), 0
		a := &Answer{ResponseWriter: w}
		a.Before = func() { n++; assert.Zero(t, w.Body.Len(), name) }
		give(a)
		assert.Equal(t, 1, n, name)
	}
}
