package load

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// The kinds of requests.
const (
	kindPost    = "read a post"
	kindNewest  = "list the newest"
	kindOlder   = "list older ones"
	kindPerson  = "read a person"
	kindPosts   = "list a person's posts"
	kindSearch  = "search"
	kindFeed    = "read the own feed"
	kindHome    = "page: home"
	kindPage    = "page: a post"
	kindPicture = "see a picture"
	kindAsset   = "load a static file"
	kindPublish = "publish a post"
	kindFollow  = "follow somebody"
	kindLogIn   = "log in"
)

// share is how often a kind comes among those of its side.
type share struct {
	kind string
	part int
}

// What is read and what is written, in parts of each side.
var (
	reads = []share{{kindPost, 30}, {kindNewest, 8}, {kindOlder, 4}, {kindPerson, 4}, {kindPosts, 6}, {kindSearch, 4},
		{kindFeed, 6}, {kindHome, 8}, {kindPage, 10}, {kindPicture, 6}, {kindAsset, 4}}
	writing = []share{{kindPublish, 7}, {kindFollow, 2}}
)

// isWrite says whether a kind of request writes.
func isWrite(kind string) bool {
	return kind == kindLogIn || slices.ContainsFunc(writing, func(s share) bool { return s.kind == kind })
}

// pick is the kind for a number of 0 to 1.
func pick(from []share, without []string, at float64) string {
	sum := 0
	for _, s := range from {
		if !slices.Contains(without, s.kind) {
			sum += s.part
		}
	}
	left := int(at * float64(sum))
	for _, s := range from {
		if slices.Contains(without, s.kind) {
			continue
		}
		if left < s.part {
			return s.kind
		}
		left -= s.part
	}
	return from[0].kind
}

// kindOf is the kind of a request that was sent.
func kindOf(method, path string) string {
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	at := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	switch {
	case method == http.MethodPut:
		return kindFollow
	case method == http.MethodPost && at(1) == "sessions":
		return kindLogIn
	case method == http.MethodPost:
		return kindPublish
	case at(0) == "uploads":
		return kindPicture
	case at(0) == "static":
		return kindAsset
	case at(0) == "posts":
		return kindPage
	case at(0) != "api":
		return kindHome
	}
	return kindOfAPI(at(1), len(parts), query)
}

func kindOfAPI(of string, depth int, query string) string {
	switch {
	case of == "posts" && depth == 3:
		return kindPost
	case of == "posts" && query != "":
		return kindOlder
	case of == "posts":
		return kindNewest
	case of == "users" && depth == 4:
		return kindPosts
	case of == "users":
		return kindPerson
	case of == "feed":
		return kindFeed
	}
	return kindSearch
}

// requests makes the sequence of a seed.
type requests struct {
	site    *site
	profile Profile

	mu     sync.Mutex
	random *rand.Rand
	posts  *rand.Zipf
	people *rand.Zipf
	number int
}

func newRequests(p Plan, s *site) *requests {
	r := rand.New(rand.NewPCG(p.Seed, 1)) //nolint:gosec // a sequence that can be had again
	return &requests{site: s, profile: p.Profile, random: r,
		posts:  rand.NewZipf(r, p.Profile.Skew, 1, uint64(len(s.posts)-1)),
		people: rand.NewZipf(r, p.Profile.Skew, 1, uint64(len(s.people)-1))}
}

// next is the targeter of vegeta, which calls it from many goroutines.
func (q *requests) next(t *vegeta.Target) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fill(t, q.kind())
	t.URL = q.site.target + t.URL
	return nil
}

// kind is that of the next request.
func (q *requests) kind() string {
	if q.random.Float64() < q.profile.ReadShare {
		return pick(reads, q.site.leftOut, q.random.Float64())
	}
	if q.random.Float64() < cmp.Or(q.profile.LogIns, DefaultLogIns) {
		return kindLogIn
	}
	return pick(writing, q.site.leftOut, q.random.Float64())
}

// fill writes a request of a kind, with its path for its URL.
func (q *requests) fill(t *vegeta.Target, kind string) {
	s := q.site
	post, who := s.posts[q.posts.Uint64()], s.people[q.people.Uint64()]
	me := s.people[q.random.IntN(len(s.people))]
	t.Method, t.Header, t.Body = http.MethodGet, nil, nil
	switch kind {
	case kindPost:
		t.URL = "/api/posts/" + post
	case kindNewest:
		t.URL = "/api/posts"
	case kindOlder:
		t.URL = "/api/posts?limit=20&before=" + post
	case kindPerson:
		t.URL = "/api/users/" + who.name
	case kindPosts:
		t.URL = "/api/users/" + who.name + "/posts"
	case kindSearch:
		t.URL = "/api/search?q=" + words[q.random.IntN(len(words))]
	case kindFeed:
		t.URL, t.Header = "/api/feed", jsonHeader(me.token)
	case kindHome:
		t.URL = "/"
	case kindPage:
		t.URL = "/posts/" + post
	case kindPicture:
		t.URL = s.picture
	case kindAsset:
		t.URL = s.asset
	default:
		q.fillWrite(t, kind, me, who)
	}
}

func (q *requests) fillWrite(t *vegeta.Target, kind string, me, who person) {
	t.Method, t.Header = http.MethodPost, jsonHeader(me.token)
	var in map[string]string
	switch kind {
	case kindFollow:
		if who == me { // nobody follows himself
			who = q.site.people[(slices.Index(q.site.people, me)+1)%len(q.site.people)]
		}
		t.Method, t.URL = http.MethodPut, "/api/users/"+who.name+"/follow"
		return
	case kindLogIn:
		t.URL, t.Header = "/api/sessions", jsonHeader("")
		in = map[string]string{"email": me.name + "@example.com", "password": password}
	default:
		q.number++
		t.URL = "/api/posts"
		in = map[string]string{"title": fmt.Sprintf("Written under load, %d", q.number), "body": bodyOf(q.number)}
	}
	t.Body, _ = json.Marshal(in) // texts alone
}

// bodyOf is what the post of a number says.
func bodyOf(number int) string {
	return fmt.Sprintf("This is number %d, and must not be lost.", number)
}
