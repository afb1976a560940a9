package web

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/account"
	"github.com/rung-dev/rung/app/assets"
	"github.com/rung-dev/rung/app/jobs"
	"github.com/rung-dev/rung/app/problem"
	"github.com/rung-dev/rung/app/product/posts"
	"github.com/rung-dev/rung/app/session"
	"github.com/rung-dev/rung/app/store"
)

// Every page can be made, of next to nothing and of everything, and says of a field
// what is wrong with it.
func TestEveryPageCanBeMade(t *testing.T) {
	static, err := assets.Load("")
	require.NoError(t, err)
	templates, err := parseTemplates(static, templateFiles, "templates/*.html")
	require.NoError(t, err)
	full := page{Title: "T", Person: &session.Session{Name: "ada"}, User: &account.User{Name: "ada", About: "<b>"},
		Post: &posts.Post{Author: "ada", Picture: "p", Alt: "<i>"}, Posts: []posts.Post{{Author: "ada", Thumbnail: "t", Alt: `"`}}, Next: "?x",
		Job: &store.Job{}, Jobs: []store.Job{{}}, Action: "/write", Detail: "D", Done: "N", Form: map[string]string{"about": "<b>"},
		Operation: Operation{Dead: []jobs.Dead{{Job: "j"}}, Replicas: []Replica{{}}, Caches: []CacheRate{{}}, Slots: []int{1}}}
	for key := range inputs {
		full.Wrong = append(full.Wrong, problem.Field{Field: inputs[key].Name, Detail: "is wrong"})
	}
	bare := page{Title: "T", Post: &posts.Post{}, User: &account.User{}, Job: &store.Job{}}
	for name, marks := range map[string][]string{"list": nil, "person": nil, "post": {`alt="&lt;i&gt;"`},
		"signup": {`aria-describedby="name-rule name-wrong" aria-invalid="true"`}, "login": nil, "forgot": nil, "reset": nil, "confirm": nil,
		"write": {`id="title-wrong"`}, "account": {`&lt;b&gt;</textarea>`}, "exports": nil, "export": nil, "operator": nil, "problem": nil} {
		for _, p := range []page{bare, full} {
			var b bytes.Buffer
			require.NoError(t, templates.ExecuteTemplate(&b, name, p), name)
			assert.Contains(t, b.String(), "</html>")
			assert.NotContains(t, b.String(), "ZgotmplZ", "%s: something is not safe where it stands", name)
			if len(p.Wrong) > 0 {
				for _, mark := range marks {
					assert.Contains(t, b.String(), mark, name)
				}
			}
		}
	}
}
