package search

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/product/posts"
)

// indexName is that of the posts. A change of the mapping takes a new one.
const indexName = "posts-1"

// mapping is what OpenSearch must know of a post: ids sort by time.
const mapping = `{"mappings":{"dynamic":false,"properties":{
	"id":{"type":"keyword"},"title":{"type":"text","analyzer":"english"},"body":{"type":"text","analyzer":"english"}}}}`

// OpenSearch is a domain that is reached over HTTPS.
type OpenSearch struct {
	// URL is the domain's.
	URL string
	// Username and Password are for domains that keep users of their own;
	// without them requests are signed with AWS, when that is given.
	Username, Password string
	AWS                *aws.Config
	// Client must have a time-out.
	Client *http.Client
}

// Prepare makes the index. It may be called any number of times.
func (o *OpenSearch) Prepare(ctx context.Context) error {
	err := o.send(ctx, http.MethodPut, "/"+indexName, []byte(mapping), nil)
	var answer *answerError
	if errors.As(err, &answer) && answer.kind == "resource_already_exists_exception" {
		return nil
	}
	return err
}

// Put is as the interface says.
func (o *OpenSearch) Put(ctx context.Context, p posts.Post) error {
	return o.put(ctx, p.ID, p.Version, p)
}

// lastVersion is past that of any post.
const lastVersion = 1 << 62

// Remove is as the interface says. OpenSearch remembers for a minute only what
// it has deleted (index.gc_deletes), and would then take an older state for
// new. So an empty document stays, which no search finds.
func (o *OpenSearch) Remove(ctx context.Context, id uuid.UUID) error {
	return o.put(ctx, id, lastVersion, map[string]any{"id": id})
}

func (o *OpenSearch) put(ctx context.Context, id uuid.UUID, version int64, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return err
	}
	path := "/" + indexName + "/_doc/" + id.String() + "?version_type=external_gte&version=" +
		strconv.FormatInt(version, 10)
	return stale(o.send(ctx, http.MethodPut, path, body, nil))
}

// stale is no error: something newer is there.
func stale(err error) error {
	var answer *answerError
	if errors.As(err, &answer) && answer.status == http.StatusConflict {
		return nil
	}
	return err
}

// Search is as the interface says.
func (o *OpenSearch) Search(ctx context.Context, query string, before uuid.UUID, limit int) ([]posts.Post, error) {
	if before == uuid.Nil {
		before = uuid.Max
	}
	body, err := json.Marshal(map[string]any{
		"size": limit, "sort": []any{map[string]string{"id": "desc"}}, "track_total_hits": false,
		"query": map[string]any{"bool": map[string]any{
			"must": map[string]any{"simple_query_string": map[string]any{"query": query, "fields": []string{"title", "body"}, "default_operator": "and",
				"flags": "PHRASE|NOT|WHITESPACE"}},
			"filter": []any{
				map[string]any{"range": map[string]any{"id": map[string]any{"lt": before}}},
				map[string]any{"exists": map[string]any{"field": "title"}}, // what was removed has none
			},
		}},
	})
	if err != nil {
		return nil, err
	}
	var found struct {
		Hits struct {
			Hits []struct {
				Source posts.Post `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	if err := o.send(ctx, http.MethodPost, "/"+indexName+"/_search", body, &found); err != nil {
		return nil, err
	}
	out := make([]posts.Post, 0, len(found.Hits.Hits))
	for _, h := range found.Hits.Hits {
		out = append(out, h.Source)
	}
	return out, nil
}

// answerError is a refusal by OpenSearch.
type answerError struct {
	status int
	kind   string
}

func (e *answerError) Error() string {
	return fmt.Sprintf("opensearch answered %d %s", e.status, e.kind)
}

// maxAnswer bounds what is read: a hundred posts of the largest size.
const maxAnswer = 16 << 20

func (o *OpenSearch) send(ctx context.Context, method, path string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, o.URL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask opensearch: %w", err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if err := o.authorise(ctx, r, body); err != nil {
		return fmt.Errorf("sign a request to opensearch: %w", err)
	}
	resp, err := o.Client.Do(r)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // the URL says nothing new
		}
		return fmt.Errorf("ask opensearch: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read opensearch's answer: %w", err)
	}
	if resp.StatusCode >= 300 {
		return refusal(resp.StatusCode, text)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read opensearch's answer: %w", err)
	}
	return nil
}

func refusal(status int, text []byte) error {
	e := &answerError{status: status}
	var said struct {
		Error struct{ Type string }
	}
	if json.Unmarshal(text, &said) == nil { // a missing document is refused without a type
		e.kind = said.Error.Type
	}
	return e
}

func (o *OpenSearch) authorise(ctx context.Context, r *http.Request, body []byte) error {
	if o.Username != "" {
		r.SetBasicAuth(o.Username, o.Password)
		return nil
	}
	if o.AWS == nil {
		return nil
	}
	credentials, err := o.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	return v4.NewSigner().SignHTTP(ctx, credentials, r, hex.EncodeToString(sum[:]), "es", o.AWS.Region, time.Now())
}
