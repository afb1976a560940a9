package search_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// domain speaks as much of OpenSearch's API as the app uses: documents with
// external versions, and a search for all words or a phrase.
type domain struct {
	mu        sync.Mutex
	made      bool
	documents map[string]map[string]any
	versions  map[string]int64
	seen      []string // Authorization headers
}

func (d *domain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, r.Header.Get("Authorization"))
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case len(parts) == 1 && r.Method == http.MethodPut:
		if d.made {
			refuse(w, 400, "resource_already_exists_exception")
			return
		}
		d.made = true
	case !d.made:
		refuse(w, 404, "index_not_found_exception")
	case len(parts) == 3 && parts[1] == "_doc":
		d.document(w, r, parts[2])
	case len(parts) == 2 && parts[1] == "_search":
		d.search(w, r)
	default:
		refuse(w, 400, "illegal_argument_exception")
	}
}

func refuse(w http.ResponseWriter, status int, kind string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"type": kind}, "status": status}) //nolint:errcheck // the test went away
}

func (d *domain) document(w http.ResponseWriter, r *http.Request, id string) {
	version, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	if err != nil || r.URL.Query().Get("version_type") != "external_gte" {
		refuse(w, 400, "action_request_validation_exception")
		return
	}
	if version < d.versions[id] {
		refuse(w, 409, "version_conflict_engine_exception")
		return
	}
	d.versions[id] = version
	var doc map[string]any
	if json.NewDecoder(r.Body).Decode(&doc) != nil {
		refuse(w, 400, "mapper_parsing_exception")
		return
	}
	d.documents[id] = doc
	w.WriteHeader(http.StatusCreated)
}

func (d *domain) search(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Size  int
		Query struct {
			Bool struct {
				Must struct {
					Words struct{ Query string } `json:"simple_query_string"`
				}
				Filter []struct {
					Range  struct{ ID struct{ Lt string } }
					Exists struct{ Field string }
				}
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Size == 0 {
		refuse(w, 400, "parsing_exception")
		return
	}
	hits := []map[string]any{}
	for id, doc := range d.documents {
		text := strings.ToLower(fmt.Sprint(doc["title"], " ", doc["body"]))
		passes := true
		for _, f := range in.Query.Bool.Filter {
			passes = passes && (f.Range.ID.Lt == "" || id < f.Range.ID.Lt) &&
				(f.Exists.Field == "" || doc[f.Exists.Field] != nil)
		}
		if passes && matches(text, strings.ToLower(in.Query.Bool.Must.Words.Query)) {
			hits = append(hits, map[string]any{"_id": id, "_source": doc})
		}
	}
	slices.SortFunc(hits, func(a, b map[string]any) int { return strings.Compare(b["_id"].(string), a["_id"].(string)) })
	json.NewEncoder(w).Encode(map[string]any{"hits": map[string]any{"hits": hits[:min(in.Size, len(hits))]}}) //nolint:errcheck // the test went away
}

func matches(text, query string) bool {
	if phrase, ok := strings.CutPrefix(query, `"`); ok {
		return strings.Contains(text, strings.TrimSuffix(phrase, `"`))
	}
	for word := range strings.FieldsSeq(query) {
		without, not := strings.CutPrefix(word, "-")
		if strings.Contains(text, without) == not {
			return false
		}
	}
	return true
}
