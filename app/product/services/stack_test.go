package services_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/app/product/services"
	"github.com/rung-dev/rung/app/server"
	"github.com/rung-dev/rung/app/settings"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// The services of stage 4, started with the variables that the infrastructure
// sets and no others (stacks/steps_services.go and environment.go), make one
// product: passwords in secrets, the database checked by its certificate,
// events by SNS and SQS, search on an engine.
func TestServicesAsTheInfrastructureStartsThem(t *testing.T) {
	cloud := awsapitest.New(t)
	postsEvents, _ := cloud.Queue("posts-events", 5)
	searchEvents, _ := cloud.Queue("search-events", 5)
	jobs, dead := cloud.Queue("jobs", contract.JobAttempts)
	userCreated, postCreated := cloud.Topic("user-created", postsEvents), cloud.Topic("post-created", searchEvents)
	config := cloud.Config()
	for arn, value := range map[string]string{"arn:users": `{"username":"app","password":"x"}`,
		"arn:posts": `{"username":"app","password":"y"}`,
		"arn:cache": "token", "arn:engine": `{"username":"finder","password":"z"}`} {
		cloud.Secret(arn, value)
	}
	cache := apptest.NewRedis(t)
	r, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{fmt.Sprintf("127.0.0.1:%d", cache.Port)},
		ForceSingleClient: true})
	require.NoError(t, err)
	require.NoError(t, r.Do(t.Context(),
		r.B().ConfigSet().ParameterValue().ParameterValue("requirepass", "token").Build()).Error())
	r.Close()
	engine := httptest.NewServer(&domain{docs: map[string]map[string]any{}})
	t.Cleanup(engine.Close)
	certificate, ca := apptest.Certify(t, "localhost")
	pem, err := os.ReadFile(ca)
	require.NoError(t, err)
	bundle := filepath.Join(t.TempDir(), "rds-ca.pem")
	require.NoError(t, os.WriteFile(bundle, pem, 0o600))

	common := func(more apptest.Env) apptest.Env {
		env := apptest.Env{contract.EnvStage: "4", contract.EnvStack: "stage4", contract.EnvRegion: awsapitest.Region,
			contract.EnvProxies:  "2",
			contract.EnvRedisURL: cache.URL(), contract.EnvRedisSecret: "arn:cache", contract.EnvRedisCluster: "false", contract.EnvPublicURL: "https://example.com",
			contract.EnvUsersURL: "https://inner.example.com", contract.EnvPostsURL: "https://inner.example.com", contract.EnvSearchURL: "https://inner.example.com"}
		for k, v := range more {
			env[k] = v
		}
		// Where several run on one machine they cannot all have the ports.
		env[contract.EnvListen], env[contract.EnvInternalListen], env[contract.EnvDrain] =
			"127.0.0.1:0", "127.0.0.1:0", "100ms"
		return env
	}
	database := func(secret string) apptest.Env {
		c, name := apptest.Database(t)
		port := apptest.Encrypted(t, net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Primary.Port)), certificate)
		return apptest.Env{contract.EnvDatabaseHost: "localhost", contract.EnvDatabasePort: port,
			contract.EnvDatabaseName: name, contract.EnvDatabaseSecret: secret,
			contract.EnvDatabaseReaders: "localhost", contract.EnvDatabaseCA: bundle, contract.EnvDatabaseCores: "2"}
	}
	users, posts := database("arn:users"), database("arn:posts")
	users[contract.EnvEventTopics] = "user.created=" + userCreated
	posts[contract.EnvEventTopics], posts[contract.EnvEventQueueURL] = "post.created="+postCreated, postsEvents
	posts[contract.EnvUploadsBucket], posts[contract.EnvQueueURL],
		posts[contract.EnvDeadQueueURL] = cloud.Bucket("uploads"), jobs, dead
	search := apptest.Env{contract.EnvEngineURL: engine.URL, contract.EnvEngineSecret: "arn:engine",
		contract.EnvEventQueueURL: searchEvents}

	s := &system{t: t}
	begin := func(role contract.Role, env apptest.Env) *services.Process {
		read, err := settings.Read(role, common(env).Get)
		require.NoError(t, err)
		p, err := services.Start(t.Context(), read, server.Options{AWS: &config})
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, p.Stop()) })
		return p
	}
	s.users, s.posts, s.search = begin(contract.RoleUsers, users), begin(contract.RolePosts,
		posts), begin(contract.RoleSearch, search)
	s.door = begin(contract.RoleGateway,
		apptest.Env{contract.EnvUsersURL: "http://" + s.users.Address, contract.EnvPostsURL: "http://" + s.posts.Address,
			contract.EnvSearchURL: "http://" + s.search.Address})
	for _, p := range []*services.Process{s.users, s.posts, s.search, s.door} {
		require.Eventually(t, func() bool { return strings.Contains(metrics(t, p.Internal), "http_requests_all_total") },
			time.Minute, 50*time.Millisecond)
		require.Eventually(t,
			func() bool {
				code, _ := s.askAt(p.Internal, "GET", contract.ReadyPath,
					nil)
				return code == 200
			}, time.Minute, 50*time.Millisecond)
	}
	for _, p := range []*services.Process{s.users, s.posts, s.search, s.door} {
		resp, err := http.Get("http://" + p.Internal + contract.ProfilePath + "cmdline")
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, 200, resp.StatusCode)
		code, _ := s.askAt(p.Address, "GET", contract.MetricsPath, nil)
		assert.Equal(t, 404, code, "not to the world")
	}
	code, who := s.ask("POST", "/users",
		map[string]string{"name": "ada", "email": "ada@example.com", "password": "correct horse battery"})
	require.Equal(t, 201, code, who)
	s.token = who["token"].(string)
	code, post := s.ask("POST", "/posts", map[string]string{"title": "On engines", "body": "They weave."})
	require.Equal(t, 201, code, post)
	s.eventually("/users/ada/posts", 1)
	s.eventually("/search?q=engines", 1)
	code, out := s.ask("PUT", "/posts/"+post["id"].(string), map[string]string{"title": "On looms", "body": "They weave."})
	require.Equal(t, 200, code, out)
	s.eventually("/search?q=looms", 1)
	code, _ = s.ask("DELETE", "/posts/"+post["id"].(string), nil)
	require.Equal(t, 204, code)
	s.eventually("/search?q=looms", 0)
}
