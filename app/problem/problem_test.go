package problem_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/problem"
)

func TestWrite(t *testing.T) {
	p := problem.Invalid(problem.Field{Field: "title", Detail: "missing"},
		problem.Field{Field: "body", Detail: "too long"})
	p.RetryAfter = 1500 * time.Millisecond
	w := httptest.NewRecorder()
	p.Write(w)
	assert.Equal(t, 422, w.Code)
	assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	assert.Equal(t, "2", w.Header().Get("Retry-After"))
	assert.JSONEq(t, `{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"Some fields are not as they must be.",
		"errors":[{"field":"title","detail":"missing"},{"field":"body","detail":"too long"}]}`, w.Body.String())
	assert.Nil(t, problem.Invalid())
}

// FuzzWrite holds that whatever is said arrives as JSON that says the same.
func FuzzWrite(f *testing.F) {
	f.Add(404, "there is no \"post\"\n<script>", "field")
	f.Fuzz(func(t *testing.T, status int, detail, field string) {
		if status < 200 || status > 999 || !utf8.ValidString(detail) || !utf8.ValidString(field) {
			return
		}
		p := problem.New(status, detail)
		p.Errors = []problem.Field{{Field: field, Detail: detail}}
		w := httptest.NewRecorder()
		p.Write(w)
		var got problem.Problem
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Equal(t, *p, got)
	})
}
