package buckets

import (
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

const (
	maxParts = 10_000
	// minPart is the smallest part that is not the last, in bytes.
	minPart = 5 << 20
)

// upload is an object that comes in parts.
type upload struct {
	Key    string
	Header map[string]string
	Parts  map[int]object
}

func noSuchUpload() error {
	return &answer.Error{Status: http.StatusNotFound, Code: "NoSuchUpload",
		Message: "The specified upload does not exist."}
}

// change does something with an upload; a nil one afterwards is forgotten.
func (s *Service) change(bucket, id string, do func(*upload) (*upload, error)) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(uploadsRoot).Bucket([]byte(bucket))
		if b == nil {
			return noSuchUpload()
		}
		var u *upload
		if v := b.Get([]byte(id)); v != nil {
			u = &upload{}
			if err := json.Unmarshal(v, u); err != nil {
				return err
			}
		}
		u, err := do(u)
		if err != nil {
			return err
		}
		if u == nil {
			return b.Delete([]byte(id))
		}
		text, err := json.Marshal(u)
		if err != nil {
			return err
		}
		return b.Put([]byte(id), text)
	})
}

// of is the upload where it is one of the key.
func (u *upload) of(key string) (*upload, error) {
	if u == nil || u.Key != key {
		return nil, noSuchUpload()
	}
	return u, nil
}

type begun struct {
	XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

func (s *Service) begin(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	id := rand.Text()
	err := s.change(bucket, id, func(*upload) (*upload, error) {
		return &upload{Key: key, Header: keptHeader(r), Parts: map[int]object{}}, nil
	})
	if err != nil {
		return err
	}
	answer.XML(w, http.StatusOK, begun{Bucket: bucket, Key: key, UploadID: id})
	return nil
}

func (s *Service) putPart(w http.ResponseWriter, r *http.Request, bucket, key, id string) error {
	n, err := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if err != nil || n < 1 || n > maxParts {
		return answer.Errorf("InvalidArgument", "Part number must be an integer between 1 and %d, inclusive", maxParts)
	}
	part, err := s.take(r, bucket)
	if err != nil {
		return err
	}
	var old object
	err = s.change(bucket, id, func(u *upload) (*upload, error) {
		if u, err = u.of(key); err != nil {
			return nil, err
		}
		old, u.Parts[n] = u.Parts[n], part
		return u, nil
	})
	if err != nil {
		s.drop(bucket, &part)
		return err
	}
	if old.File != "" {
		s.drop(bucket, &old)
	}
	w.Header().Set("ETag", `"`+part.ETag+`"`)
	return nil
}

func (s *Service) abort(w http.ResponseWriter, bucket, key, id string) error {
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	if err := s.change(bucket, id, func(*upload) (*upload, error) { return nil, nil }); err != nil {
		return err
	}
	s.dropParts(bucket, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Service) dropParts(bucket string, u *upload) {
	for _, p := range u.Parts {
		s.drop(bucket, &p)
	}
}

func (s *Service) upload(bucket, key, id string) (*upload, error) {
	var found *upload
	err := s.change(bucket, id, func(u *upload) (_ *upload, err error) {
		found, err = u.of(key)
		return found, err
	})
	return found, err
}

type partList struct {
	XMLName  xml.Name `xml:"ListPartsResult"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
	Parts    []onePart
}

type onePart struct {
	XMLName      xml.Name `xml:"Part"`
	PartNumber   int
	ETag         string
	Size         int64
	LastModified string
}

func (s *Service) listParts(w http.ResponseWriter, bucket, key, id string) error {
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	out := partList{Bucket: bucket, Key: key, UploadID: id}
	for _, n := range slices.Sorted(maps.Keys(u.Parts)) {
		p := u.Parts[n]
		out.Parts = append(out.Parts, onePart{PartNumber: n, ETag: `"` + p.ETag + `"`, Size: p.Size,
			LastModified: p.Modified.Format(time.RFC3339)})
	}
	answer.XML(w, http.StatusOK, out)
	return nil
}
