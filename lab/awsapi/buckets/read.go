package buckets

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// overrides are the parameters by which a reader asks for other headers.
var overrides = map[string]string{
	"response-content-type":        "Content-Type",
	"response-content-language":    "Content-Language",
	"response-expires":             "Expires",
	"response-cache-control":       "Cache-Control",
	"response-content-disposition": "Content-Disposition",
	"response-content-encoding":    "Content-Encoding",
}

// read answers GET and HEAD of an object: net/http knows ranges and conditions.
func (s *Service) read(w http.ResponseWriter, r *http.Request, bucket, key string) error {
	o, f, err := s.open(bucket, key)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("ETag", `"`+o.ETag+`"`)
	h.Set("Accept-Ranges", "bytes")
	for name, value := range o.Header {
		h.Set(name, value)
	}
	if h.Get("Content-Encoding") != "" && r.Header.Get("Range") == "" {
		h.Set("Content-Length", strconv.FormatInt(o.Size, 10)) // which net/http leaves out then
	}
	q := r.URL.Query()
	for parameter, name := range overrides {
		if q.Has(parameter) {
			h.Set(name, q.Get(parameter))
		}
	}
	http.ServeContent(&refusing{ResponseWriter: w, r: r}, r, "", o.Modified, f)
	return nil
}

// refusing says net/http's refusals in S3's words.
type refusing struct {
	http.ResponseWriter
	r       *http.Request
	refused bool
}

// WriteHeader begins the answer, or is a refusal.
func (w *refusing) WriteHeader(status int) {
	code, message := "", ""
	switch status {
	case http.StatusPreconditionFailed:
		code, message = "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"
	case http.StatusRequestedRangeNotSatisfiable:
		code, message = "InvalidRange", "The requested range is not satisfiable"
	default:
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.refused = true
	for _, name := range []string{"Content-Length", "Content-Encoding"} {
		w.Header().Del(name)
	}
	answer.FailS3(w.ResponseWriter, w.r, &answer.Error{Status: status, Code: code, Message: message})
}

// Write is part of the body, unless it was refused.
func (w *refusing) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// Origin answers GET and HEAD of a bucket's objects to anybody who reaches it:
// what a CDN reads, which on AWS signs its requests by origin access control.
func (s *Service) Origin(bucket string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := s.bucket(bucket)
		if err == nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
			err = &answer.Error{Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
				Message: "The specified method is not allowed against this resource."}
		}
		if err == nil {
			err = s.read(w, r, bucket, strings.TrimPrefix(r.URL.Path, "/"))
		}
		if err != nil {
			answer.FailS3(w, r, err)
		}
	})
}
