// Package awsapi speaks to the machines of the lab as AWS does: SQS, SNS, S3,
// Secrets Manager, SSM's parameters and CloudFront's invalidations, at one
// address and for all regions of an account. What it holds is what the plan
// declares; what the app puts there is kept in a directory and outlives the
// process. Requests must be signed with a key of the lab, and are refused with
// AWS's codes otherwise; what a service does not have here is refused, too, so
// that nobody mistakes the lab for AWS.
//
// SQS and SNS are not goaws's: it keeps queues in the memory of one process and
// knows no restart. For S3 see package buckets.
package awsapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/queues"
	"github.com/rung-dev/rung/lab/awsapi/topics"
	"github.com/rung-dev/rung/lab/awsapi/values"
)

// Options are how a server is made.
type Options struct {
	// Dir is where messages and objects are kept; it is made where it is
	// missing, and one process at a time has it.
	Dir string
	// Account is the account's number of twelve digits.
	Account string
	// Allow says whether a caller may do something; nil allows whoever has
	// signed with a key that is known.
	Allow func(Call) bool
	// Invalidated is told which paths a distribution must forget; nil is for
	// nobody. The call that asks for it is answered when it returns, with the
	// error if there is one.
	Invalidated func(distribution string, paths []string) error
	// Now is the time; nil means time.Now.
	Now func() time.Time
}

// Key is an access key of the lab.
type Key struct {
	// ID and Secret are the pair.
	ID, Secret string
	// Principal is whose it is, the ARN of a role say.
	Principal string
}

// Call is what a caller wants to do, for Options.Allow.
type Call struct {
	// Principal is that of the key.
	Principal string
	// Region, Service and Action are as IAM names them: "sqs", "SendMessage".
	Region, Service, Action string
}

// Plan is all that the server holds.
type Plan struct {
	Keys          []Key
	Queues        []queues.Queue
	Topics        []topics.Topic
	Buckets       []buckets.Bucket
	Secrets       []values.Secret
	Parameters    []values.Parameter
	Distributions []string // ids
}

// Server answers for AWS. It is an http.Handler.
type Server struct {
	options Options
	db      *bbolt.DB
	queues  *queues.Service
	topics  *topics.Service
	buckets *buckets.Service
	values  *values.Service

	mu            sync.RWMutex
	keys          map[string]Key
	distributions []string
	invalidations int
}

// lockTimeout is how long another process may take to let go of the directory.
const lockTimeout = 2 * time.Second

// New opens the directory. The server holds nothing, for nobody, until Declare.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the lab's AWS: %w", err)
	}
	db, err := bbolt.Open(filepath.Join(o.Dir, "state.db"), 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: true})
	if errors.Is(err, berrors.ErrTimeout) {
		return nil, fmt.Errorf("open %s: another process has it: stop the lab that runs there", o.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open the lab's AWS in %s: %w", o.Dir, err)
	}
	s := &Server{options: o, db: db, values: &values.Service{}, keys: map[string]Key{}}
	if s.queues, err = queues.New(db, o.Now); err == nil {
		s.buckets, err = buckets.New(filepath.Join(o.Dir, "objects"), db, o.Now)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.topics = topics.New(s.queues, o.Now)
	return s, nil
}

// Close lets go of the directory. Calls that wait for messages fail.
func (s *Server) Close() error { return s.db.Close() }

// Declare makes the server hold exactly the plan: what is new comes empty, what
// stays keeps its messages and objects, what is not planned goes with them. All
// that is wrong with the plan is reported at once; what is refused leaves its
// own kind as it was.
func (s *Server) Declare(p Plan) error {
	err := errors.Join(s.queues.Declare(p.Queues), s.topics.Declare(p.Topics), s.buckets.Declare(p.Buckets))
	s.values.Declare(p.Secrets, p.Parameters)
	keys := map[string]Key{}
	for _, k := range p.Keys {
		keys[k.ID] = k
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.distributions = keys, slices.Clone(p.Distributions)
	return err
}

// Depths tells how full the queues are, for CloudWatch's metrics.
func (s *Server) Depths() []queues.Depth { return s.queues.Depths() }

// Send puts a message into a queue, as whoever has the right to does.
func (s *Server) Send(queueARN, body string) (id string, err error) {
	return s.queues.Send(queueARN, body, nil, -1)
}

// Put makes an object of a bucket, as the plan's own are made; header are those
// that it is read with.
func (s *Server) Put(bucket, key string, header map[string]string, body io.Reader) error {
	return s.buckets.Put(bucket, key, header, body)
}

// Origin reads a bucket for a CDN, unsigned: see buckets.Service.Origin.
func (s *Server) Origin(bucket string) http.Handler { return s.buckets.Origin(bucket) }

// QueueURL is the address that AWS gives a queue.
func QueueURL(arn string) string { return queues.URL(arn) }
