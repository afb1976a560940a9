package buckets

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// Serve answers a call of S3, of which the region is that of the signature. The
// bucket stands in the host (BUCKET.s3.REGION.amazonaws.com) or begins the path.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, region string) {
	bucket, key := Place(r)
	if bucket == "" {
		s.listBuckets(w)
		return
	}
	b, err := s.bucket(bucket)
	if err == nil && b.Region != region {
		err = answer.Errorf("AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region '%s' is wrong; expecting '%s'",
			region, b.Region)
	}
	if err == nil {
		s.allowOrigin(w, r, b)
		err = s.serve(w, r, b, key)
	}
	if err != nil {
		answer.FailS3(w, r, err)
	}
}

// Place is the bucket and the key of a request.
func Place(r *http.Request) (bucket, key string) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	if at := strings.Index(r.Host, ".s3."); at > 0 {
		return r.Host[:at], path
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// elsewhere are parts of S3 that the lab does not have, by their parameter.
var elsewhere = []string{"acl", "tagging", "versionId", "versions", "policy", "lifecycle", "cors", "website", "select",
	"retention", "legal-hold", "restore", "torrent", "replication", "encryption", "logging", "notification", "attributes"}

func (s *Service) serve(w http.ResponseWriter, r *http.Request, b Bucket, key string) error {
	q := r.URL.Query()
	if slices.ContainsFunc(elsewhere, q.Has) {
		return &answer.Error{Status: http.StatusNotImplemented, Code: "NotImplemented",
			Message: "the lab's S3 does not have this"}
	}
	switch {
	case key == "":
		return s.serveBucket(w, r, b)
	case q.Has("uploads") || q.Has("uploadId"):
		return s.serveUpload(w, r, b, key)
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return s.read(w, r, b.Name, key)
	case http.MethodPut:
		return s.put(w, r, b, key)
	case http.MethodDelete:
		if err := errors.Join(s.remove(b.Name, key), s.replicate(b, key)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return notAllowed()
}

func notAllowed() error {
	return &answer.Error{Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
		Message: "The specified method is not allowed against this resource."}
}

func (s *Service) serveUpload(w http.ResponseWriter, r *http.Request, b Bucket, key string) error {
	id := r.URL.Query().Get("uploadId")
	switch r.Method {
	case http.MethodPost:
		if id == "" {
			return s.begin(w, r, b.Name, key)
		}
		return s.complete(w, r, b, key, id)
	case http.MethodPut:
		return s.putPart(w, r, b.Name, key, id)
	case http.MethodDelete:
		return s.abort(w, b.Name, key, id)
	case http.MethodGet:
		return s.listParts(w, b.Name, key, id)
	}
	return notAllowed()
}

type location struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
	Region  string   `xml:",chardata"`
}

func (s *Service) serveBucket(w http.ResponseWriter, r *http.Request, b Bucket) error {
	q := r.URL.Query()
	switch r.Method {
	case http.MethodHead:
		w.Header().Set("X-Amz-Bucket-Region", b.Region)
		return nil
	case http.MethodGet:
		if q.Has("location") {
			answer.XML(w, http.StatusOK, location{Region: b.Region})
			return nil
		}
		return s.list(w, q, b.Name)
	case http.MethodPost:
		if q.Has("delete") {
			return s.removeSeveral(w, r, b)
		}
	case http.MethodPut, http.MethodDelete:
		return answer.Forbidden("AccessDenied", "the plan alone makes and removes buckets in the lab")
	}
	return notAllowed()
}

type removed struct {
	XMLName xml.Name `xml:"DeleteResult"`
	Deleted []keyed
}

type keyed struct{ Key string }

func (s *Service) removeSeveral(w http.ResponseWriter, r *http.Request, b Bucket) error {
	var in struct {
		Quiet  bool
		Object []keyed
	}
	if err := xml.NewDecoder(io.LimitReader(r.Body, 2<<20)).Decode(&in); err != nil || len(in.Object) > maxKeys {
		return answer.Errorf("MalformedXML",
			"The XML you provided was not well-formed or did not validate against our published schema")
	}
	var out removed
	for _, o := range in.Object {
		if err := errors.Join(s.remove(b.Name, o.Key), s.replicate(b, o.Key)); err != nil {
			return err
		}
		if !in.Quiet {
			out.Deleted = append(out.Deleted, o)
		}
	}
	answer.XML(w, http.StatusOK, out)
	return nil
}
