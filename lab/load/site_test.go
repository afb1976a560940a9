package load

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file that a page names and nobody serves is left out, and said to be.
func TestAFileThatIsNotThereIsNoPartOfTheLoad(t *testing.T) {
	for _, there := range []bool{true, false} {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<link href="/static/app.1.css">`)
		})
		if there {
			mux.HandleFunc("GET /static/app.1.css", func(http.ResponseWriter, *http.Request) {})
		}
		server := httptest.NewServer(mux)
		defer server.Close()
		via, err := newClients(t.Context(), Plan{Target: server.URL, Rate: 1, Timeout: time.Second})
		require.NoError(t, err)
		defer via.close()
		s := &site{target: server.URL, people: []person{{}}}
		s.explore(t.Context(), via)
		assert.Equal(t, there, s.asset != "")
		assert.Equal(t, !there, slices.Contains(s.leftOut, kindAsset))
	}
}
