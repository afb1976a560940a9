package awswire

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Error is a refusal of AWS's.
type Error struct {
	// Status is that of HTTP; Code and Message are AWS's.
	Status        int
	Code, Message string
}

func (e Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }

// CodeOf is AWS's code of an error; empty for one that is none of AWS's.
func CodeOf(err error) string {
	var refused Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// refusals are the codes of callers that may not ask.
var refusals = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
	"UnauthorizedException"}

// Denied reports whether the caller may not ask that.
func Denied(err error) bool { return slices.Contains(refusals, CodeOf(err)) }

// unknown are the codes of credentials that AWS does not take, or no longer. The first
// three are those that the SDK knows for them; see also AWS's "Common errors".
var unknown = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId",
	"UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch",
	"InvalidSignatureException"}

// Explained says what was attempted and, where AWS refuses it to the caller, which action
// is missing or that the caller has to sign in. Nil stays nil.
func Explained(err error, attempt, action string) error {
	switch {
	case err == nil:
		return nil
	case Denied(err):
		return fmt.Errorf("%s: %w; your role needs %s (`rung access` prints what previews and ups need, docs/rights.md the "+
			"rest)", attempt, err, action)
	case slices.Contains(unknown, CodeOf(err)):
		return fmt.Errorf("%s: %w; AWS does not take these credentials, or no longer: sign in again, or set AWS_PROFILE "+
			"(and this machine's clock has to be right)", attempt, err)
	}
	return fmt.Errorf("%s: %w", attempt, err)
}

// Throttled reports whether AWS was asked too often, or is at work on what came before:
// the codes are the SDK's, and that of an Auto Scaling group which is being changed.
func (e Error) Throttled() bool {
	_, known := retry.DefaultThrottleErrorCodes[e.Code]
	return known || e.Status == http.StatusTooManyRequests || strings.Contains(e.Code, "Throttl") ||
		e.Code == "ResourceContention"
}

// again reports whether a request may, and can, succeed when it is sent once more.
func (r Request) again(err error) bool {
	var refused Error
	if !errors.As(err, &refused) {
		return !r.Once // the line broke
	}
	return refused.Throttled() || refused.Status >= http.StatusInternalServerError && !r.Once
}

// silent are the codes of answers without a body, as those to HEAD are.
var silent = map[int]string{http.StatusForbidden: "AccessDenied", http.StatusNotFound: "NotFound",
	http.StatusServiceUnavailable: "SlowDown"}

// refusal reads an error in whichever form the protocol has it.
func refusal(res *http.Response, answer []byte) error {
	e := Error{Status: res.StatusCode, Code: res.Header.Get("X-Amzn-Errortype")}
	var text struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
		Other   string `json:"Message"`
	}
	if json.Unmarshal(answer, &text) == nil {
		e.Code, e.Message = cmp.Or(e.Code, text.Type), cmp.Or(text.Message, text.Other)
	} else if tree, err := Parse(answer); err == nil {
		e.Code, e.Message = cmp.Or(e.Code, tree.Find("Code").Text()), tree.Find("Message").Text()
	}
	e.Code, _, _ = strings.Cut(e.Code[strings.LastIndex(e.Code, "#")+1:], ":")
	e.Code = cmp.Or(e.Code, silent[res.StatusCode], http.StatusText(res.StatusCode))
	return e
}
