package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
)

const (
	// Unsigned stands for the hash of a body that is not signed.
	Unsigned = "UNSIGNED-PAYLOAD"
	// streaming begins what stands for the hash of a body that comes in chunks.
	streaming = "STREAMING-"
	// maxCall is the largest body of a call that does not say its hash in a
	// header, in bytes: twice what SQS takes in one.
	maxCall = 2 << 20
)

// ErrBody is what reading a body ends with that has another hash than was signed.
var ErrBody = errors.New("the body is not the one that was signed")

// Payload is what stands for the body in the signature. Where that is a hash
// which a header names, the body can be read once and ends with ErrBody unless
// it has it; where no header names one, the body is read here and again by the
// caller.
func (c Claim) Payload(r *http.Request) (string, error) {
	said := r.Header.Get("X-Amz-Content-Sha256")
	switch {
	case c.Presigned && c.Service == "s3":
		return Unsigned, nil
	case said == Unsigned || strings.HasPrefix(said, streaming):
		return said, nil
	case said != "":
		r.Body = &checkedBody{ReadCloser: r.Body, sum: sha256.New(), want: said}
		return said, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall+1))
	if err != nil {
		return "", fmt.Errorf("read the call: %w", err)
	}
	if len(body) > maxCall {
		return "", fmt.Errorf("%w: it has more than %d bytes", ErrMalformed, maxCall)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

type checkedBody struct {
	io.ReadCloser
	sum  hash.Hash
	want string
}

func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.sum.Write(p[:n])
	if errors.Is(err, io.EOF) && hex.EncodeToString(b.sum.Sum(nil)) != b.want {
		return n, ErrBody
	}
	return n, err
}
