package awsapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/rung-dev/rung/lab/awsapi/answer"
	"github.com/rung-dev/rung/lab/awsapi/buckets"
	"github.com/rung-dev/rung/lab/awsapi/sigv4"
)

// The services by the names that signatures carry.
const (
	serviceQueues     = "sqs"
	serviceTopics     = "sns"
	serviceBuckets    = "s3"
	serviceSecrets    = "secretsmanager"
	serviceParameters = "ssm"
	serviceCDN        = "cloudfront"
)

// ServeHTTP answers for the service that the signature is for.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions && r.Header.Get("Origin") != "" {
		s.buckets.Preflight(w, r)
		return
	}
	claim, key, err := s.admit(r)
	if err != nil {
		s.refuse(w, r, claim.Service, err)
		return
	}
	if allow := s.options.Allow; allow != nil {
		call := Call{Principal: key.Principal, Region: claim.Region, Service: claim.Service, Action: action(r, claim.Service)}
		if !allow(call) {
			s.refuse(w, r, claim.Service, &denied{call})
			return
		}
	}
	target := r.Header.Get("X-Amz-Target")
	switch claim.Service {
	case serviceQueues:
		s.queues.Serve(w, r, strings.TrimPrefix(target, "AmazonSQS."), claim.Region, s.options.Account, key.ID)
	case serviceTopics:
		s.topics.Serve(w, r)
	case serviceBuckets:
		s.buckets.Serve(w, r, claim.Region)
	case serviceSecrets, serviceParameters:
		s.values.Serve(w, r, target, claim.Region)
	case serviceCDN:
		s.serveCDN(w, r)
	default:
		answer.FailQuery(w, answer.Errorf("UnknownService", "the lab does not have the service %s", claim.Service))
	}
}

// admit finds the key of a request and checks its signature.
func (s *Server) admit(r *http.Request) (sigv4.Claim, Key, error) {
	claim, err := sigv4.Read(r)
	if err != nil {
		return claim, Key{}, err
	}
	s.mu.RLock()
	key, ok := s.keys[claim.Key]
	s.mu.RUnlock()
	if !ok {
		return claim, Key{}, sigv4.ErrUnknownKey
	}
	payload, err := claim.Payload(r)
	if err != nil {
		return claim, Key{}, err
	}
	return claim, key, claim.Check(r, key.Secret, payload, s.options.Now())
}

// denied is a call that the caller's role may not make.
type denied struct{ call Call }

// Error names who, and what.
func (d *denied) Error() string {
	return "User: " + d.call.Principal + " is not authorized to perform: " + d.call.Service + ":" + d.call.Action
}

// action is what a request does, as IAM names it.
func action(r *http.Request, service string) string {
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return strings.TrimSuffix(name, "Batch") // IAM has one name for both
	}
	switch service {
	case serviceTopics:
		return "Publish"
	case serviceCDN:
		return "CreateInvalidation"
	}
	if _, key := buckets.Place(r); key == "" {
		return "ListBucket"
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return "GetObject"
	case http.MethodDelete:
		return "DeleteObject"
	}
	return "PutObject"
}

// codes are how each protocol names the reason for which nobody is let in.
type codes struct{ missing, key, mismatch, expired, denied string }

var (
	codesS3 = codes{"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
		"AccessDenied"}
	codesSQS = codes{"MissingAuthenticationToken", "InvalidClientTokenId", "SignatureDoesNotMatch",
		"SignatureDoesNotMatch", "AccessDeniedException"}
	codesJSON = codes{"MissingAuthenticationTokenException", "UnrecognizedClientException", "InvalidSignatureException",
		"InvalidSignatureException", "AccessDeniedException"}
	codesQuery = codes{"MissingAuthenticationToken", "InvalidClientTokenId", "SignatureDoesNotMatch",
		"SignatureDoesNotMatch", "AuthorizationError"}
)

func (c codes) of(err error) *answer.Error {
	code := c.mismatch
	var no *denied
	switch {
	case errors.As(err, &no):
		code = c.denied
	case errors.Is(err, sigv4.ErrMissing):
		code = c.missing
	case errors.Is(err, sigv4.ErrUnknownKey):
		code = c.key
	case errors.Is(err, sigv4.ErrExpired):
		code = c.expired
	case errors.Is(err, sigv4.ErrMalformed):
		return answer.Errorf("IncompleteSignature", "%v", err)
	}
	return answer.Forbidden(code, "%v", err)
}

// refuse says in the service's protocol why nobody is let in.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, service string, err error) {
	switch {
	case service == serviceQueues:
		answer.FailJSON(w, "1.0", codesSQS.of(err))
	case service == serviceSecrets, service == serviceParameters:
		e := codesJSON.of(err)
		e.Status = http.StatusBadRequest
		answer.FailJSON(w, "1.1", e)
	case service == serviceTopics, service == serviceCDN:
		answer.FailQuery(w, codesQuery.of(err))
	case r.URL.Query().Has("X-Amz-Signature") && errors.Is(err, sigv4.ErrExpired):
		answer.FailS3(w, r, answer.Forbidden("AccessDenied", "Request has expired"))
	default:
		answer.FailS3(w, r, codesS3.of(err))
	}
}
