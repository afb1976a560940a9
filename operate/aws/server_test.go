package aws

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/rung-dev/rung/awswire"
)

// cloud is AWS in this process: it reads which service and action is meant, in each of the
// protocols, and answers from a table. A function answers by what it was asked; several
// texts are answered one after another, the last of them for ever.
type cloud struct {
	mu sync.Mutex
	// answers are by "service Action" or "service METHOD /path".
	answers map[string]any
	// deny refuses what it fits; throttle is how often each question is refused first.
	deny     *regexp.Regexp
	throttle int
	// broken is what AWS fails at in between.
	broken string
	asked  map[string]int
	said   []string
	url    string
}

var scope = regexp.MustCompile(`Credential=\w+/\d+/[\w-]+/(\w+)/aws4_request`)

func (c *cloud) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	m := scope.FindStringSubmatch(req.Header.Get("Authorization"))
	if m == nil {
		http.Error(res, "unsigned", http.StatusForbidden)
		return
	}
	form, _ := url.ParseQuery(string(body))
	what, asJSON := m[1]+" "+req.Method+" "+req.URL.Path, false
	if _, action, ok := strings.Cut(req.Header.Get("X-Amz-Target"), "."); ok {
		what, asJSON = m[1]+" "+action, true
	} else if form.Get("Action") != "" {
		what = m[1] + " " + form.Get("Action")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[what]++
	c.said = append(c.said, what+" "+string(body))
	switch answer, known := c.answers[what]; {
	case c.deny != nil && c.deny.MatchString(what):
		refuse(res, asJSON, http.StatusForbidden, "AccessDeniedException")
	case c.asked[what] <= c.throttle:
		refuse(res, asJSON, http.StatusBadRequest, "ThrottlingException")
	case what == c.broken:
		refuse(res, asJSON, http.StatusInternalServerError, "InternalFailure")
	case !known:
		refuse(res, asJSON, http.StatusNotFound, "NoSuchThing")
	default:
		c.answer(res, asJSON, c.asked[what]-c.throttle, answer, string(body), form)
	}
}

func (c *cloud) answer(res http.ResponseWriter, asJSON bool, nth int, answer any, body string, form url.Values) {
	text := ""
	switch a := answer.(type) {
	case string:
		text = a
	case []string:
		text = a[min(nth, len(a))-1]
	case func(string, url.Values) string:
		text = a(body, form)
	}
	if code, is := strings.CutPrefix(text, "!"); is {
		refuse(res, asJSON, http.StatusBadRequest, code)
		return
	}
	fmt.Fprint(res, text)
}

func refuse(res http.ResponseWriter, asJSON bool, status int, code string) {
	res.WriteHeader(status)
	if asJSON {
		fmt.Fprintf(res, `{"__type":"com.amazonaws#%s","message":"no"}`, code)
		return
	}
	fmt.Fprintf(res, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, code)
}

// at is a fixed time for those who ask for the last day.
var at = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// driver is one for whom AWS is this process.
func driver(t *testing.T, c *cloud) *Driver {
	t.Helper()
	c.asked = map[string]int{}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	c.url = server.URL
	return &Driver{Now: func() time.Time { return at }, Pause: time.Millisecond, Client: &awswire.Client{Patience: 0.001,
		Config: sdk.Config{BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}}}
}

// asJSON writes an answer in JSON.
func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}
