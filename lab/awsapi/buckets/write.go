package buckets

import (
	"crypto/md5" //nolint:gosec // the API's own checksum
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
	"github.com/rung-dev/rung/lab/awsapi/sigv4"
)

// maxKey is the longest key, in bytes.
const maxKey = 1024

// kept are the headers that an object keeps, beside those of x-amz-meta-.
var kept = []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Cache-Control",
	"Expires"}

func keptHeader(r *http.Request) map[string]string {
	out := map[string]string{}
	for _, name := range kept {
		if v := r.Header.Get(name); v != "" {
			out[name] = v
		}
	}
	encoding := strings.Trim(strings.ReplaceAll(out["Content-Encoding"], awsChunked, ""), ", ")
	out["Content-Encoding"] = encoding
	if encoding == "" {
		delete(out, "Content-Encoding")
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			out[name] = r.Header.Get(name)
		}
	}
	if out["Content-Type"] == "" {
		out["Content-Type"] = "binary/octet-stream"
	}
	return out
}

// put answers the PUT of an object.
func (s *Service) put(w http.ResponseWriter, r *http.Request, b Bucket, key string) error {
	if len(key) > maxKey {
		return answer.Errorf("KeyTooLongError", "Your key is too long")
	}
	if from := r.Header.Get("X-Amz-Copy-Source"); from != "" {
		return s.copy(w, r, b, key, from)
	}
	o, err := s.take(r, b.Name)
	if err != nil {
		return err
	}
	o.Header = keptHeader(r)
	if err := s.keep(b.Name, key, o, conditionOf(r)); err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+o.ETag+`"`)
	return s.replicate(b, key)
}

// conditionOf is what the headers If-Match and If-None-Match ask for.
func conditionOf(r *http.Request) condition {
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	failed := &answer.Error{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed",
		Message: "At least one of the pre-conditions you specified did not hold"}
	return func(there *object) error {
		switch {
		case match != "" && there == nil:
			return noSuchKey()
		case match != "" && strings.Trim(match, `"`) != there.ETag, none == "*" && there != nil:
			return failed
		}
		return nil
	}
}

// take writes a request's body into a file and checks it against all that the
// request says of it.
func (s *Service) take(r *http.Request, bucket string) (object, error) {
	if r.ContentLength < 0 {
		return object{}, &answer.Error{Status: http.StatusLengthRequired, Code: "MissingContentLength",
			Message: "You must provide the Content-Length HTTP header."}
	}
	body, length := io.Reader(r.Body), r.ContentLength
	chunks := chunksOf(r)
	if chunks != nil {
		body = chunks
		length, _ = strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64) // 0 fails below
	}
	sums := sumsOf(r)
	digest := md5.New() //nolint:gosec // the API's own checksum
	file, size, err := s.body(bucket, io.TeeReader(body, io.MultiWriter(digest, sums)))
	if errors.Is(err, sigv4.ErrBody) {
		err = answer.Errorf("XAmzContentSHA256Mismatch",
			"The provided 'x-amz-content-sha256' header does not match what was computed.")
	} else if errors.Is(err, io.ErrUnexpectedEOF) || err == nil && size != length {
		err = answer.Errorf("IncompleteBody", "The request body terminated unexpectedly")
	}
	sum := digest.Sum(nil)
	if want := r.Header.Get("Content-Md5"); err == nil && want != "" && want != base64.StdEncoding.EncodeToString(sum) {
		err = answer.Errorf("BadDigest", "The Content-MD5 you specified did not match what we received.")
	}
	if err == nil {
		err = sums.check(chunks.trailer())
	}
	o := object{File: file, Size: size, ETag: hex.EncodeToString(sum), Modified: s.now().UTC().Truncate(time.Second)}
	if err != nil && file != "" {
		s.drop(bucket, &o)
	}
	return o, err
}

type copied struct {
	XMLName      xml.Name `xml:"CopyObjectResult"`
	ETag         string
	LastModified string
}

// copy answers the PUT of an object that is a copy of another.
func (s *Service) copy(w http.ResponseWriter, r *http.Request, b Bucket, key, source string) error {
	from, err := url.PathUnescape(source)
	if err != nil {
		return answer.Errorf("InvalidArgument", "Copy Source must be URL-encoded")
	}
	bucket, name, _ := strings.Cut(strings.TrimPrefix(from, "/"), "/")
	if _, err := s.bucket(bucket); err != nil {
		return err
	}
	o, f, err := s.open(bucket, name)
	if err != nil {
		return err
	}
	defer f.Close()
	if r.Header.Get("X-Amz-Metadata-Directive") == "REPLACE" {
		o.Header = keptHeader(r)
	}
	if o.File, o.Size, err = s.body(b.Name, f); err != nil {
		return err
	}
	o.Modified = s.now().UTC().Truncate(time.Second)
	if err := s.keep(b.Name, key, o, conditionOf(r)); err != nil {
		return err
	}
	if err := s.replicate(b, key); err != nil {
		return err
	}
	answer.XML(w, http.StatusOK, copied{ETag: `"` + o.ETag + `"`, LastModified: o.Modified.Format(time.RFC3339)})
	return nil
}

// Put makes an object, as the plan's own objects are made. header are those that
// it is read with, such as Content-Type.
func (s *Service) Put(bucket, key string, header map[string]string, body io.Reader) error {
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	digest := md5.New() //nolint:gosec // the API's own checksum
	file, size, err := s.body(bucket, io.TeeReader(body, digest))
	if err != nil {
		return err
	}
	o := object{File: file, Size: size, ETag: hex.EncodeToString(digest.Sum(nil)), Header: header,
		Modified: s.now().UTC().Truncate(time.Second)}
	if err := s.keep(bucket, key, o, nil); err != nil {
		return err
	}
	return s.replicate(b, key)
}
