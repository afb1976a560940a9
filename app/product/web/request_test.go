package web

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
)

// FuzzQuery holds that no query makes the parser panic, and that what it
// accepts is within bounds and can be sent to PostgreSQL.
func FuzzQuery(f *testing.F) {
	f.Add("q=ladder&limit=20&before=00000000-0000-0000-0000-000000000001")
	f.Add("q=%00&limit=-1&before=x")
	f.Add("q=%ff&limit=99999999999999999999")
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		text, w, err := parseSearch(q)
		if err != nil {
			return
		}
		if w.limit < 1 || w.limit > maxLimit || text == "" || !utf8.ValidString(text) || strings.ContainsRune(text, 0) ||
			utf8.RuneCountInString(text) > maxQuery {
			t.Fatalf("accepted %q: %q %+v", raw, text, w)
		}
		if q.Get("before") == "" && w.before != uuid.Nil {
			t.Fatalf("made up %v", w.before)
		}
	})
}
