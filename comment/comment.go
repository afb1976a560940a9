// Package comment posts one comment to a pull request or a merge request and keeps
// it up to date: the next run finds its own by a hidden marker and writes it anew,
// so that a conversation has one comment however often it runs.
//
// It takes where to post and with which right from the environment that GitHub's
// and GitLab's runners set, and nothing else. It never deletes, and never touches a
// comment without its marker.
package comment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// Most is how many bytes a comment may have: GitHub takes 65,536 characters, and a
// few are left for what it adds.
const Most = 60_000

// Place is a conversation in which there is one comment of ours.
type Place struct {
	// host is the kind of API; list, post and edit are its addresses.
	host       host
	list, post string
	edit       func(id int64) string
	// name says where it is, for people.
	name  string
	token string
}

// host is what differs between the two.
type host struct {
	header, scheme string // how the token is sent
	verb           string // how a comment is changed
}

var (
	gitHub = host{header: "Authorization", scheme: "Bearer ", verb: http.MethodPatch}
	gitLab = host{header: "PRIVATE-TOKEN", verb: http.MethodPut}
)

// ErrNowhere says that the environment names no pull request.
var ErrNowhere = errors.New("this is no run for a pull request: neither GITHUB_EVENT_PATH with a pull request nor " +
	"CI_MERGE_REQUEST_IID is set")

// Find is the place that the environment of a runner names. Getenv is os.Getenv
// outside of tests.
func Find(getenv func(string) string) (Place, error) {
	if getenv("CI_MERGE_REQUEST_IID") != "" {
		return onGitLab(getenv)
	}
	if getenv("GITHUB_EVENT_PATH") == "" {
		return Place{}, ErrNowhere
	}
	return onGitHub(getenv)
}

func onGitHub(getenv func(string) string) (Place, error) {
	raw, err := os.ReadFile(getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return Place{}, fmt.Errorf("read the event of the run: %w", err)
	}
	var event struct {
		Number      int                   `json:"number"`
		PullRequest *struct{ Number int } `json:"pull_request"`
		Issue       *struct{ Number int } `json:"issue"`
	}
	if err := json.Unmarshal(raw, &event); err != nil {
		return Place{}, fmt.Errorf("read the event of the run: %w", err)
	}
	n := event.Number
	switch {
	case event.PullRequest != nil && event.PullRequest.Number > 0:
		n = event.PullRequest.Number
	case event.Issue != nil && event.Issue.Number > 0:
		n = event.Issue.Number
	}
	repository, token := getenv("GITHUB_REPOSITORY"), getenv("GITHUB_TOKEN")
	switch {
	case n == 0:
		return Place{}, ErrNowhere
	case token == "":
		return Place{}, errors.New("GITHUB_TOKEN is not set: give the step env GITHUB_TOKEN: ${{ github.token }} and the " +
			"job " +
			"permissions: pull-requests: write")
	case strings.Count(repository, "/") != 1:
		return Place{}, fmt.Errorf("GITHUB_REPOSITORY: got %.100q, want OWNER/NAME", repository)
	}
	api := strings.TrimSuffix(getenv("GITHUB_API_URL"), "/") + "/repos/" + repository + "/issues/"
	comments := api + strconv.Itoa(n) + "/comments"
	return Place{
		host: gitHub, list: comments + "?per_page=100&page=", post: comments, token: token,
		edit: func(id int64) string { return api + "comments/" + strconv.FormatInt(id, 10) },
		name: fmt.Sprintf("pull request %d of %s", n, repository),
	}, nil
}

func onGitLab(getenv func(string) string) (Place, error) {
	token := getenv("GITLAB_TOKEN")
	if token == "" {
		return Place{}, errors.New("GITLAB_TOKEN is not set: give it a project access token with the scope api, as the " +
			"job's own " +
			"token may not comment")
	}
	notes := fmt.Sprintf("%s/projects/%s/merge_requests/%s/notes", strings.TrimSuffix(getenv("CI_API_V4_URL"), "/"),
		getenv("CI_PROJECT_ID"), getenv("CI_MERGE_REQUEST_IID"))
	return Place{
		host: gitLab, list: notes + "?per_page=100&page=", post: notes, token: token,
		edit: func(id int64) string { return notes + "/" + strconv.FormatInt(id, 10) },
		name: "merge request " + getenv("CI_MERGE_REQUEST_IID"),
	}, nil
}

// String says where it is.
func (p Place) String() string { return p.name }

// Marker is the hidden line by which a comment is found again. Two stacks of one
// repository have comments of their own by their names.
func Marker(name string) string {
	return "<!-- rung " + strings.NewReplacer("-->", "", "\n", " ", "\r", " ").Replace(name) + " -->"
}

// patience is how long one call may take.
const patience = 30 * time.Second

// Put writes the comment: over the one with the marker, or as a new one. The text is
// cut where it is longer than [Most].
func (p Place) Put(ctx context.Context, client *http.Client, marker, text string) error {
	text = Cut(marker + "\n" + text)
	id, err := p.ours(ctx, client, marker)
	if err != nil {
		return fmt.Errorf("look for the comment on %s: %w", p, err)
	}
	verb, address := http.MethodPost, p.post
	if id != 0 {
		verb, address = p.host.verb, p.edit(id)
	}
	body, err := json.Marshal(map[string]string{"body": text})
	if err != nil {
		return err
	}
	if err := p.call(ctx, client, verb, address, body, nil); err != nil {
		return fmt.Errorf("write the comment on %s: %w", p, err)
	}
	return nil
}

// mostPages bounds the look for a comment: a conversation has no ten thousand.
const mostPages = 100

// ours is the id of the comment with the marker; 0 for none.
func (p Place) ours(ctx context.Context, client *http.Client, marker string) (int64, error) {
	for page := 1; page <= mostPages; page++ {
		var all []struct {
			ID   int64
			Body string
		}
		if err := p.call(ctx, client, http.MethodGet, p.list+strconv.Itoa(page), nil, &all); err != nil {
			return 0, err
		}
		for _, c := range all {
			if strings.HasPrefix(c.Body, marker) {
				return c.ID, nil
			}
		}
		if len(all) == 0 {
			break
		}
	}
	return 0, nil
}

// Cut shortens a text to what a comment may have, at the end of a line, and says so.
func Cut(text string) string {
	if len(text) <= Most {
		return text
	}
	const note = "\n\n…the rest is too long for a comment.\n"
	text = text[:Most-len(note)]
	if i := strings.LastIndexByte(text, '\n'); i > 0 {
		text = text[:i]
	}
	return text + note
}
