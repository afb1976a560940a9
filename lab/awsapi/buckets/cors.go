package buckets

import (
	"net/http"
	"slices"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// allows reports whether pages of an origin may send to the bucket.
func (b Bucket) allows(origin string) bool {
	return origin != "" && (slices.Contains(b.Origins, origin) || slices.Contains(b.Origins, "*"))
}

func (s *Service) allowOrigin(w http.ResponseWriter, r *http.Request, b Bucket) {
	if origin := r.Header.Get("Origin"); b.allows(origin) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Expose-Headers", "ETag")
		w.Header().Add("Vary", "Origin")
	}
}

// Preflight answers a browser that asks, unsigned, whether it may send.
func (s *Service) Preflight(w http.ResponseWriter, r *http.Request) {
	name, _ := Place(r)
	b, err := s.bucket(name)
	if err == nil && !b.allows(r.Header.Get("Origin")) {
		err = answer.Forbidden("AccessForbidden", "CORSResponse: This CORS request is not allowed.")
	}
	if err != nil {
		answer.FailS3(w, r, err)
		return
	}
	s.allowOrigin(w, r, b)
	w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, PUT, POST, DELETE")
	w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
}
