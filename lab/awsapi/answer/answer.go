// Package answer writes what AWS's services answer, in the three protocols that
// they speak: JSON (SQS, Secrets Manager, SSM), the query protocol's XML (SNS)
// and REST with XML (S3, CloudFront).
package answer

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// Error is a refusal with AWS's own code. The zero Status is 400.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Code is the error's name in AWS's reference, such as "NoSuchKey".
	Code string
	// Query is the code of the same error in the older query protocol, which
	// SQS still sends beside the JSON one; empty means the same.
	Query string
	// Message says what is wrong.
	Message string
}

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf is an error of the caller's: status 400.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Forbidden is an error of who may not: status 403.
func Forbidden(code, format string, args ...any) *Error {
	e := Errorf(code, format, args...)
	e.Status = http.StatusForbidden
	return e
}

// From is the refusal that err is, or else an internal failure that says why.
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Status: http.StatusInternalServerError, Code: "InternalFailure", Message: err.Error()}
}

// Is reports whether err is a refusal with a code.
func Is(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func (e *Error) status() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// A client that has gone away is nobody's error, so failed writes are not told.

// JSON answers v; version is the protocol's, "1.0" or "1.1".
func JSON(w http.ResponseWriter, version string, v any) {
	w.Header().Set("Content-Type", "application/x-amz-json-"+version)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // see above
}

// FailJSON refuses in JSON.
func FailJSON(w http.ResponseWriter, version string, err error) {
	e := From(err)
	w.Header().Set("Content-Type", "application/x-amz-json-"+version)
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	if e.Query != "" {
		w.Header().Set("X-Amzn-Query-Error", e.Query+";Sender")
	}
	w.WriteHeader(e.status())
	json.NewEncoder(w).Encode(map[string]string{"__type": e.Code, "message": e.Message}) //nolint:errcheck // see above
}

// XML answers v with a status.
func XML(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	w.Write([]byte(xml.Header)) //nolint:errcheck // see above
	xml.NewEncoder(w).Encode(v) //nolint:errcheck // see above
}

type queryError struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
}

// FailQuery refuses in the XML of the query protocol, and of CloudFront.
func FailQuery(w http.ResponseWriter, err error) {
	e := From(err)
	blame := "Sender"
	if e.status() >= http.StatusInternalServerError {
		blame = "Receiver"
	}
	XML(w, e.status(), queryError{Type: blame, Code: e.Code, Message: e.Message})
}

type objectError struct {
	XMLName  xml.Name `xml:"Error"`
	Code     string
	Message  string
	Resource string
}

// FailS3 refuses in the XML of S3; a HEAD has no body to say why.
func FailS3(w http.ResponseWriter, r *http.Request, err error) {
	e := From(err)
	if r.Method == http.MethodHead {
		w.WriteHeader(e.status())
		return
	}
	XML(w, e.status(), objectError{Code: e.Code, Message: e.Message, Resource: r.URL.Path})
}
