package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// site is what the load knows of the target: who is there and what they wrote.
type site struct {
	target  string
	people  []person
	posts   []string // ids
	picture string   // the path of one, empty where none could be sent
	asset   string   // the path of a static file, empty where no page names one
	leftOut []string // kinds that the target does not serve
	writes  writes
}

type person struct{ name, token string }

// password is that of all the people of a load.
const password = "a load of correct horses"

// prepare makes people and posts, and finds out what the target serves.
func prepare(ctx context.Context, p Plan, via *clients) (*site, error) {
	s := &site{target: strings.TrimSuffix(p.Target, "/")}
	run := strings.ToLower(rand.Text()[:8])
	for i := range p.People {
		who := person{name: fmt.Sprintf("load-%s-%d", run, i)}
		var got struct{ Token string }
		in := map[string]string{"name": who.name, "email": who.name + "@example.com", "password": password}
		if err := s.call(ctx, via, http.MethodPost, "/api/users", "", in, &got); err != nil {
			return nil, fmt.Errorf("sign somebody up: %w", err)
		}
		who.token = got.Token
		s.people = append(s.people, who)
	}
	for i := range p.Posts {
		var got struct{ ID string }
		in := map[string]string{"title": fmt.Sprintf("Of load %d", i), "body": "It is read by many. " + words[i%len(words)]}
		err := s.call(ctx, via, http.MethodPost, "/api/posts", s.people[i%len(s.people)].token, in, &got)
		if err != nil {
			return nil, fmt.Errorf("publish a post: %w", err)
		}
		s.posts = append(s.posts, got.ID)
	}
	s.explore(ctx, via)
	return s, ctx.Err()
}

// words are what the load searches for.
var words = []string{"amber", "birch", "cobalt", "dune", "ember", "fjord", "granite", "heron"}

var assetLink = regexp.MustCompile(`(?:href|src)="(/static/[^"]+)"`)

// explore tries what not every stage serves.
func (s *site) explore(ctx context.Context, via *clients) {
	if status, body := s.get(ctx, via, "/"); status == http.StatusOK {
		if m := assetLink.FindSubmatch(body); m != nil {
			s.asset = string(m[1])
		}
		if status, _ := s.get(ctx, via, s.asset); s.asset != "" && status != http.StatusOK {
			s.asset = "" // a program of one's own comes without the files of its pages
		}
	} else {
		s.leftOut = append(s.leftOut, kindHome, kindPage)
	}
	if s.asset == "" {
		s.leftOut = append(s.leftOut, kindAsset)
	}
	if s.picture = s.sendPicture(ctx, via); s.picture == "" {
		s.leftOut = append(s.leftOut, kindPicture)
	}
	if status, _ := s.get(ctx, via, "/api/search?q="+words[0]); status != http.StatusOK {
		s.leftOut = append(s.leftOut, kindSearch)
	}
}

func (s *site) get(ctx context.Context, via *clients, path string) (status int, body []byte) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.target+path, nil)
	if err != nil {
		return 0, nil
	}
	resp, err := via.client.Do(r)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	body, _ = io.ReadAll(io.LimitReader(resp.Body, 1<<20)) // half a page has what is looked for, or not
	return resp.StatusCode, body
}

// call sends JSON and reads JSON.
func (s *site) call(ctx context.Context, via *clients, method, path, token string, in, out any) error {
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.target+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header = jsonHeader(token)
	resp, err := via.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: answered %s: %.200s", method, path, resp.Status, body)
	}
	return json.Unmarshal(body, out)
}

func jsonHeader(token string) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	return h
}
