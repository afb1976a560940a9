package site

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A title that nobody can see cannot be clicked.
func TestTextMustBeSeen(t *testing.T) {
	for give, good := range map[string]bool{"a": true, "👩‍💻": true, "é": true, "  x ": true, "": false, " ": false,
		"\u200b": false, "\u200b\ufeff\u2060": false, "\u00ad": false,
		"\u3164": false, "\u2800": false, "\u202e ": false, "a\x00": false, "\xff": false} {
		var c Check
		c.Text("title", give, 1, 200)
		assert.Equal(t, good, c.Err() == nil, "%q", give)
	}
}

// What is tried first is refused, whatever its length is.
func TestPasswordsAreNotCommon(t *testing.T) {
	for give, good := range map[string]bool{"correct horse battery": true, "mV7#qLx2!pRt": true,
		strings.Repeat("лестница и гора ", 12): true,
		"1234567890": false, "qwertyuiop": false, "password123": false, "Passw0rd1234": false, "aaaaaaaaaaaa": false,
		"iloveyou123": false, "ann-the-writer": false, "ann@example.com": false, "short": false,
		strings.Repeat("ab", 100): false} {
		var c Check
		c.Password("password", give, "ann-the-writer", "ann@example.com")
		assert.Equal(t, good, c.Err() == nil, "%q", give)
	}
}

func TestEmailHasOneForm(t *testing.T) {
	for give, want := range map[string]string{" Ann@Example.COM ": "ann@example.com", "nobody": "", "Ann <a@b.c>": "",
		"a@b\r\nBcc: x": "", "": ""} {
		var c Check
		got := c.Email("email", give)
		if want == "" {
			assert.Error(t, c.Err(), give)
			continue
		}
		require.NoError(t, c.Err())
		assert.Equal(t, want, got)
	}
}

// FuzzDecode holds that no body makes the decoder panic or be taken for
// another's fields.
func FuzzDecode(f *testing.F) {
	f.Add(`{"title":"a","body":"b"}`)
	f.Add(`{"title":1}{}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/api/posts", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		var in struct {
			Title string `json:"title"`
		}
		if err := Decode(r, &in); err != nil && err.Error() == "" {
			t.Fatal("an error that says nothing")
		}
	})
}

// What is said of a body names no type of the program's, whatever is wrong with it.
func TestBodiesAreToldInWordsOfJSON(t *testing.T) {
	for give, want := range map[string]string{
		`{"title":1}`:      "title: must be text",
		`{"title":{}}`:     "title: must be text",
		`5`:                "must be an object",
		`["title"]`:        "must be an object",
		`{"titel":"x"}`:    "titel: is not a field of this request",
		`{"title":"x"} {}`: "one JSON object",
		`{`:                "not JSON",
	} {
		r := httptest.NewRequest("POST", "/api/posts", strings.NewReader(give))
		r.Header.Set("Content-Type", "application/json")
		var in struct {
			Title string `json:"title"`
		}
		err := Decode(r, &in)
		require.ErrorContains(t, err, want, give)
		assert.NotRegexp(t, `web\.|Go |string|struct|writing|int`, err.Error(), give)
	}
}
