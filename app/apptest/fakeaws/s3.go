package fakeaws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

type object struct {
	kind string
	body []byte
}

func (c *Cloud) serveS3(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("X-Amz-Signature") {
		if err := checkPresigned(r); err != nil {
			failXML(w, http.StatusForbidden, "SignatureDoesNotMatch", err.Error())
			return
		}
	} else if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		failXML(w, http.StatusForbidden, "AccessDenied", "Access Denied")
		return
	}
	switch r.Method {
	case http.MethodPut:
		c.putObject(w, r)
	case http.MethodGet:
		c.getObject(w, r)
	case http.MethodDelete:
		c.mu.Lock()
		delete(c.objects, r.URL.Path)
		c.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		failXML(w, http.StatusMethodNotAllowed, "MethodNotAllowed", r.Method+" is not part of this cloud")
	}
}

func failXML(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>`, code, message)
}

func (c *Cloud) putObject(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		failXML(w, http.StatusNotImplemented, "NotImplemented", "chunked uploads are not part of this cloud")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		failXML(w, http.StatusBadRequest, "IncompleteBody", err.Error())
		return
	}
	c.mu.Lock()
	c.objects[r.URL.Path] = object{kind: r.Header.Get("Content-Type"), body: body}
	c.mu.Unlock()
	w.Header().Set("ETag", `"`+md5of(string(body))+`"`)
}

func (c *Cloud) getObject(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	o, ok := c.objects[r.URL.Path]
	c.mu.Unlock()
	if !ok {
		failXML(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	w.Header().Set("Content-Type", o.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(o.body)))
	w.Write(o.body) //nolint:errcheck // the test went away
}

// checkPresigned signs the request again as its URL says and compares: a
// header that was signed must have been sent as it was.
func checkPresigned(r *http.Request) error {
	q := r.URL.Query()
	want := q.Get("X-Amz-Signature")
	at, err := time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
	if err != nil {
		return err
	}
	life, err := strconv.Atoi(q.Get("X-Amz-Expires"))
	if err != nil || time.Since(at) > time.Duration(life)*time.Second {
		return errors.New("the request has expired")
	}
	signed := strings.Split(q.Get("X-Amz-SignedHeaders"), ";")
	for _, name := range []string{"X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date", "X-Amz-Credential",
		"X-Amz-Algorithm"} {
		q.Del(name)
	}
	again, err := http.NewRequestWithContext(context.Background(), r.Method,
		"http://"+r.Host+r.URL.EscapedPath()+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	for _, name := range signed {
		switch name {
		case "host":
		case "content-length":
			again.ContentLength = r.ContentLength
		default:
			again.Header.Set(name, r.Header.Get(name))
		}
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	got, _, err := signer.PresignHTTP(context.Background(),
		aws.Credentials{AccessKeyID: "AKIDFAKE", SecretAccessKey: "fake"}, again, "UNSIGNED-PAYLOAD", "s3", Region, at)
	if err != nil {
		return err
	}
	u, err := url.Parse(got)
	if err != nil {
		return err
	}
	if u.Query().Get("X-Amz-Signature") != want {
		return errors.New("the signature does not match the request")
	}
	return nil
}
