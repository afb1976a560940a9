package releases

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"

	"github.com/rung-dev/rung/awswire"
)

// Bucket is the store of a stack on AWS: its bucket of artifacts, from which machines fetch
// the programs, and which keeps those of before.
type Bucket struct {
	// Client asks AWS. Its Most has to let a program pass; see MostProgram.
	Client *awswire.Client
	// Name is the bucket's, Region where it is, Stack whose journal it is.
	Name, Region, Stack string
	// Cache is where programs that are fetched lie.
	Cache string
}

var _ Store = Bucket{}

// MostProgram is how large a program may be that is fetched, in bytes.
const MostProgram = 1 << 30

func (b Bucket) journal() string { return "/" + b.Name + "/releases/" + b.Stack + ".json" }

func (b Bucket) request(method, path string, content []byte) awswire.Request {
	return awswire.Request{Service: awswire.S3, Region: b.Region, Method: method, Path: path, Content: content}
}

// Read gets the object.
func (b Bucket) Read(ctx context.Context) (Journal, error) {
	text, err := b.Client.Ask(ctx, b.request(http.MethodGet, b.journal(), nil))
	if missing := (awswire.Error{}); errors.As(err, &missing) && missing.Status == http.StatusNotFound {
		return Journal{}, nil
	}
	if err != nil {
		return Journal{}, awswire.Explained(err, "read the journal of releases",
			"s3:GetObject and s3:ListBucket on the bucket of artifacts")
	}
	return parse(text)
}

// Write puts it.
func (b Bucket) Write(ctx context.Context, j Journal) error {
	text, err := j.text()
	if err != nil {
		return err
	}
	_, err = b.Client.Ask(ctx, b.request(http.MethodPut, b.journal(), text))
	return awswire.Explained(err, "write the journal of releases", "s3:PutObject on the bucket of artifacts")
}

// Keep does nothing: the bucket has the program, and keeps it.
func (Bucket) Keep(context.Context, string, string) error { return nil }

// Fetch gets the program, unless it was fetched before.
func (b Bucket) Fetch(ctx context.Context, sum string) (string, error) {
	path := filepath.Join(b.Cache, sum)
	if checked(path, sum) == nil {
		return path, nil
	}
	text, err := b.Client.Ask(ctx, b.request(http.MethodGet, "/"+b.Name+"/app/"+sum, nil))
	if err != nil {
		return "", awswire.Explained(err, "fetch the program of the release", "s3:GetObject on the bucket of artifacts")
	}
	if err := replace(path, func(f *os.File) error { _, err := f.Write(text); return err }); err != nil {
		return "", err
	}
	return path, checked(path, sum)
}
