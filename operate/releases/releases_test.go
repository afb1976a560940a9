package releases

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/awswire"
)

// journal has releases of programs with an outcome each, numbered from 1.
func journal(all ...Release) (j Journal) {
	for _, r := range all {
		outcome := r.Outcome
		j.End(j.Begin(r).Number, outcome, "why")
	}
	return j
}

func TestBack(t *testing.T) {
	j := journal(Release{SHA256: "a", Outcome: Running}, Release{SHA256: "b", Outcome: Running},
		Release{SHA256: "bad", Outcome: WentBack},
		Release{SHA256: "b", Outcome: Running, Of: 2}, Release{SHA256: "c", Outcome: Failed})
	now, runs := j.Current()
	require.True(t, runs)
	assert.Equal(t, 4, now.Number)
	to, err := j.Back(0)
	require.NoError(t, err)
	assert.Equal(t, 1, to.Number, "not what runs already under another number, and nothing that did not stay")
	to, err = j.Back(1)
	require.NoError(t, err)
	assert.Equal(t, "a", to.SHA256)
	for n, want := range map[int]string{2: "release 2 runs already", 3: "release 3 never ran: it went back (why)",
		9: "there is no release 9"} {
		_, err := j.Back(n)
		assert.ErrorContains(t, err, want)
	}
	_, err = journal().Back(0)
	require.ErrorContains(t, err, "none to go back from")
	_, err = journal(Release{SHA256: "a", Outcome: Running}).Back(0)
	assert.ErrorContains(t, err, "no release before 1")
}

func TestMigrationsBetween(t *testing.T) {
	j := journal(Release{SHA256: "a", Outcome: Running, Migrates: true},
		Release{SHA256: "b", Outcome: Running, Migrates: true},
		Release{SHA256: "c", Outcome: WentBack, Migrates: true}, Release{SHA256: "b", Outcome: Running, Migrates: true, Of: 2})
	assert.Equal(t, []int{2, 3}, j.Migrations(j.Releases[0], j.Releases[3]),
		"one that went back has migrated, one that goes back does not")
	assert.Empty(t, j.Migrations(j.Releases[3], j.Releases[3]))
}

func TestAJournalForgetsTheOldest(t *testing.T) {
	var j Journal
	for range MostReleases + 3 {
		j.Begin(Release{})
	}
	assert.Len(t, j.Releases, MostReleases)
	assert.Equal(t, MostReleases+3, j.Releases[MostReleases-1].Number)
}

// bucket is S3 in this process.
func bucket(t *testing.T) Bucket {
	t.Helper()
	objects, lock := map[string][]byte{}, sync.Mutex{}
	server := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		switch body, _ := io.ReadAll(req.Body); req.Method {
		case http.MethodPut:
			objects[req.URL.Path] = body
		default:
			text, there := objects[req.URL.Path]
			if !there {
				res.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(res, "<Error><Code>NoSuchKey</Code></Error>")
			}
			_, _ = res.Write(text)
		}
	}))
	t.Cleanup(server.Close)
	return Bucket{Name: "b", Region: "eu-west-1", Stack: "dev", Cache: t.TempDir(),
		Client: &awswire.Client{Patience: 0.001,
			Config: sdk.Config{BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")}}}
}

func TestStoresKeepAJournal(t *testing.T) {
	for name, s := range map[string]Store{"beside": Beside(filepath.Join(t.TempDir(), "x")), "bucket": bucket(t)} {
		t.Run(name, func(t *testing.T) {
			j, err := s.Read(t.Context())
			require.NoError(t, err)
			assert.Empty(t, j.Releases)
			j.Begin(Release{SHA256: "a", App: `{"binary":"x"}`})
			require.NoError(t, s.Write(t.Context(), j))
			again, err := s.Read(t.Context())
			require.NoError(t, err)
			assert.Equal(t, j.Releases, again.Releases)
		})
	}
}

func TestJournalsOfOthersAreLeftAlone(t *testing.T) {
	dir := Beside(t.TempDir())
	for text, want := range map[string]string{`{"version":9}`: "is of version 9", `{`: "it was left as it is"} {
		require.NoError(t, os.WriteFile(dir.journal(), []byte(text), 0o600))
		_, err := dir.Read(t.Context())
		assert.ErrorContains(t, err, want)
	}
}

func TestProgramsAreKeptAndHeldToTheirHash(t *testing.T) {
	dir, from := Beside(t.TempDir()), t.TempDir()
	var sums []string
	for i := range Kept + 1 {
		path := filepath.Join(from, "app")
		require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte{byte(i)}, 10), 0o600))
		sum := sha256.Sum256(bytes.Repeat([]byte{byte(i)}, 10))
		sums = append(sums, hex.EncodeToString(sum[:]))
		require.NoError(t, dir.Keep(t.Context(), sums[i], path))
	}
	_, err := dir.Fetch(t.Context(), sums[0])
	require.ErrorContains(t, err, "is not kept any more")
	path, err := dir.Fetch(t.Context(), sums[Kept])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte("another"), 0o600))
	_, err = dir.Fetch(t.Context(), sums[Kept])
	assert.ErrorContains(t, err, "is not the one that was released")
}

func TestAProgramIsFetchedOnce(t *testing.T) {
	b := bucket(t)
	sum := sha256.Sum256([]byte("app"))
	hash := hex.EncodeToString(sum[:])
	_, err := b.Fetch(t.Context(), hash)
	require.ErrorContains(t, err, "NoSuchKey")
	_, err = b.Client.Ask(t.Context(), b.request(http.MethodPut, "/b/app/"+hash, []byte("app")))
	require.NoError(t, err)
	path, err := b.Fetch(t.Context(), hash)
	require.NoError(t, err)
	b.Client = nil // it is here
	again, err := b.Fetch(t.Context(), hash)
	require.NoError(t, err)
	assert.Equal(t, path, again)
}
