package faults

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/lab/awsapi/awsapitest"
)

// Setup is what the app runs on. The zero value is PostgreSQL with a replica, one Redis,
// jobs in the database and files in a directory; two servers for requests behind a
// balancer, and one for jobs.
type Setup struct {
	// Redis is how Redis is reached.
	Redis Redis
	// AWS puts jobs into SQS and files into S3.
	AWS bool
	// Services are those of stage 4: users, posts and search, each with a database of its
	// own, that tell each other of events by SNS and SQS.
	Services bool
	// Synchronous has the primary acknowledge nothing that its replica does not have.
	Synchronous bool
	// Workers is how many do jobs; zero means one.
	Workers int
}

// World is the servers of a run.
type World struct {
	*run
	// Cluster is PostgreSQL, reached by Primary, a name that may lead elsewhere.
	Cluster *apptest.Cluster
	Primary *endpoint
	// Redis are the servers, one or those of a cluster.
	Redis []*apptest.Redis
	// AWS is there where the setup has it.
	AWS *faultyAWS
	// Web serves people, Workers do jobs or, with services, take events.
	Web, Workers []*program

	door     string // where the load goes
	database string // of posts and jobs
	effects  effects
}

const databaseName = "app"

// newWorld starts all servers.
func newWorld(r *run, s Setup) *World {
	w := &World{run: r, database: databaseName}
	var err error
	w.Cluster, err = apptest.StartCluster(1)
	r.must(err)
	r.Cleanup(w.Cluster.Close)
	if s.Synchronous {
		r.must(w.Cluster.Primary.Exec(r.ctx, "ALTER SYSTEM SET synchronous_standby_names = '*'"))
		r.must(w.Cluster.Primary.Exec(r.ctx, "SELECT pg_reload_conf()"))
	}
	w.Primary = newEndpoint(r, w.Cluster.Primary.Port)
	env := apptest.BareEnv()
	env[contract.EnvProxies] = "2" // whoever the load says it is, and the balancer
	maps.Copy(env, w.startRedis(s.Redis))
	if s.AWS || s.Services {
		w.AWS = newFaultyAWS(r)
		maps.Copy(env, w.AWS.environ())
	}
	if s.Services {
		w.startServices(env)
	} else {
		w.startApp(env, s)
	}
	return w
}

// on is an environment with a database of one's own.
func (w *World) on(env apptest.Env, name string) apptest.Env {
	w.must(w.Cluster.Migrate(name))
	own := maps.Clone(env)
	own[contract.EnvDatabaseURL] = strings.Replace(w.Cluster.Primary.URL(name),
		fmt.Sprintf("127.0.0.1:%d", w.Cluster.Primary.Port), w.Primary.Address(), 1)
	own[contract.EnvDatabaseReaders] = w.Cluster.Replicas[0].URL(name)
	own[contract.EnvUploadsDir] = filepath.Join(w.TempDir(), name)
	return own
}

// startApp starts the app as stage 3 has it.
func (w *World) startApp(env apptest.Env, s Setup) {
	env = w.on(env, databaseName)
	if s.AWS {
		delete(env, contract.EnvUploadsDir)
		env[contract.EnvUploadsBucket] = w.AWS.Bucket("uploads")
		env[contract.EnvQueueURL], env[contract.EnvDeadQueueURL] = w.AWS.Queue("jobs", contract.JobAttempts)
		env[contract.EnvRegion] = awsapitest.Region
	}
	w.Web = []*program{startProgram(w.run, env, contract.RoleWeb), startProgram(w.run, env, contract.RoleWeb)}
	for range max(s.Workers, 1) {
		w.Workers = append(w.Workers, startProgram(w.run, env, contract.RoleWorker))
	}
	w.door = apptest.Balancer(w.run, w.Web[0].address, w.Web[1].address)
	w.effects = effects{of: jobs, database: databaseName, done: "SELECT id::text FROM jobs WHERE state = 'done' AND " +
		"id::text = ANY($1)"}
}

// startServices starts the app as stage 4 has it.
func (w *World) startServices(env apptest.Env) {
	w.database = string(contract.RolePosts)
	env[contract.EnvRegion] = awsapitest.Region
	var of [3]apptest.Env
	for i, role := range []contract.Role{contract.RoleUsers, contract.RolePosts, contract.RoleSearch} {
		of[i] = w.on(env, string(role))
		of[i][contract.EnvProxies] = "3"
	}
	const never = 1000 // deliveries until an event is given up
	people, _ := w.AWS.Queue("people", never)
	found, _ := w.AWS.Queue("found", never)
	of[0][contract.EnvEventTopics] = contract.TopicUserCreated + "=" + w.AWS.Topic("user-created", people)
	of[1][contract.EnvEventTopics] = contract.TopicPostCreated + "=" + w.AWS.Topic("post-created", found)
	of[1][contract.EnvEventQueueURL], of[2][contract.EnvEventQueueURL] = people, found
	users, posts := startProgram(w.run, of[0], contract.RoleUsers), startProgram(w.run, of[1], contract.RolePosts)
	search := startProgram(w.run, of[2], contract.RoleSearch)
	env[contract.EnvUsersURL], env[contract.EnvPostsURL], env[contract.EnvSearchURL] = "http://"+users.address,
		"http://"+posts.address, "http://"+search.address
	gateway := startProgram(w.run, env, contract.RoleGateway)
	w.Web, w.Workers = []*program{gateway, users, posts}, []*program{search}
	w.door = apptest.Balancer(w.run, gateway.address)
	w.effects = effects{of: events, database: string(contract.RoleSearch),
		done: "SELECT id::text FROM posts WHERE id::text = ANY($1)"}
}
