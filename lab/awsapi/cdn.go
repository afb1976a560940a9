package awsapi

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

type invalidation struct {
	XMLName    xml.Name `xml:"Invalidation"`
	ID         string   `xml:"Id"`
	Status     string
	CreateTime string
}

// serveCDN takes an invalidation of CloudFront, which is all of it that the lab
// has: POST /VERSION/distribution/ID/invalidation.
func (s *Server) serveCDN(w http.ResponseWriter, r *http.Request) {
	id, err := s.invalidate(r)
	if err != nil {
		answer.FailQuery(w, err)
		return
	}
	answer.XML(w, http.StatusCreated, invalidation{ID: id, Status: "Completed",
		CreateTime: s.options.Now().UTC().Format(time.RFC3339)})
}

func (s *Server) invalidate(r *http.Request) (id string, err error) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodPost || len(parts) != 4 || parts[1] != "distribution" || parts[3] != "invalidation" {
		return "", answer.Errorf("InvalidAction", "the lab's CloudFront has no %s %s", r.Method, r.URL.Path)
	}
	var in struct {
		Paths []string `xml:"Paths>Items>Path"`
	}
	if err := xml.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil {
		return "", answer.Errorf("MalformedXML", "%v", err)
	}
	s.mu.Lock()
	known := slices.Contains(s.distributions, parts[2])
	s.invalidations++
	id = fmt.Sprintf("I%013d", s.invalidations)
	s.mu.Unlock()
	if !known {
		return "", &answer.Error{Status: http.StatusNotFound, Code: "NoSuchDistribution",
			Message: "The specified distribution does not exist."}
	}
	if s.options.Invalidated == nil {
		return id, nil
	}
	return id, s.options.Invalidated(parts[2], in.Paths)
}
