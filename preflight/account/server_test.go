package account

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// world is AWS in this process: it serves every host, checks each signature and
// that host, service and region of it belong together, and answers from a table.
type world struct {
	mu sync.Mutex
	// answers are by "service Action" or "service METHOD /path", perhaps with " region"
	// behind. A text is one page; several are pages by their number.
	answers map[string][]string
	// throttle is how often each question is refused first, deny refuses those that
	// the expression fits.
	throttle int
	deny     *regexp.Regexp
	refused  map[string]int
	asked    []string
	wrong    []string
}

const accessKey, secretKey = "AKIDEXAMPLE", "wJalrXUtnFEMI"

// globals are the services with one host for all regions.
var globals = []string{"iam", "cloudfront", "route53"}

func (w *world) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, _ := io.ReadAll(req.Body)
	scope := regexp.MustCompile(`Credential=\w+/\d+/([\w-]+)/(\w+)/aws4_request, SignedHeaders=([^,]+)`).FindStringSubmatch(req.Header.Get("Authorization"))
	if scope == nil || !signed(req, body, scope) {
		w.refuse(res, req, 403, "SignatureDoesNotMatch")
		return
	}
	region, service := scope[1], scope[2]
	host := service + "." + region + ".amazonaws.com"
	for _, g := range globals {
		if g == service {
			host = service + ".amazonaws.com"
		}
	}
	if req.Host != host {
		w.wrong = append(w.wrong, fmt.Sprintf("%s was asked as %s in %s", req.Host, service, region))
		w.refuse(res, req, 403, "SignatureDoesNotMatch")
		return
	}
	w.answer(res, req, service, region, string(body))
}

// signed recomputes the signature of a request.
func signed(req *http.Request, body []byte, scope []string) bool {
	at, err := time.Parse("20060102T150405Z", req.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at).Abs() > 5*time.Minute {
		return false
	}
	again, _ := http.NewRequest(req.Method, "https://"+req.Host+req.URL.RequestURI(), strings.NewReader(string(body)))
	for _, h := range strings.Split(scope[3], ";") {
		if h != "host" && h != "content-length" {
			again.Header.Set(h, req.Header.Get(h))
		}
	}
	sum := sha256.Sum256(body)
	_ = v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey},
		again, hex.EncodeToString(sum[:]), scope[2], scope[1], at)
	return again.Header.Get("Authorization") == req.Header.Get("Authorization")
}

// answer finds the page that was asked for.
func (w *world) answer(res http.ResponseWriter, req *http.Request, service, region, body string) {
	form, _ := url.ParseQuery(body)
	what, token := service+" "+form.Get("Action"), form.Get("NextToken")+form.Get("Marker")
	switch {
	case req.Header.Get("X-Amz-Target") != "":
		_, action, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
		what = service + " " + action
		if m := regexp.MustCompile(`"QuotaCode":"([^"]+)"`).FindStringSubmatch(body); m != nil {
			what += " " + m[1]
		}
		if m := regexp.MustCompile(`"NextToken":"([^"]+)"`).FindStringSubmatch(body); m != nil {
			token = m[1]
		}
	case form.Get("Action") == "":
		q := req.URL.Query()
		what = service + " " + req.Method + " " + req.URL.Path
		token = q.Get("nextToken") + q.Get("marker") + q.Get("Marker") + q.Get("continuation-token")
	case form.Get("Version") == "" || req.Method != http.MethodPost:
		w.refuse(res, req, 400, "InvalidAction")
		return
	}
	for _, key := range []string{"Filter.1.Value.1", "DBInstanceClass", "CacheNodeType", "Engine"} {
		if v := form.Get(key); v != "" && form.Get("Filter.1.Name") != "state" &&
			form.Get("Filter.1.Name") != "instance-state-name" {
			what += " " + v
			break
		}
	}
	w.asked = append(w.asked, what+" "+region)
	w.refused[what+region]++
	switch {
	case w.deny != nil && w.deny.MatchString(what):
		w.refuse(res, req, 403, "AccessDenied")
		return
	case w.refused[what+region] <= w.throttle:
		status := http.StatusBadRequest
		if req.Method == http.MethodHead { // which has no body to say more
			status = http.StatusServiceUnavailable
		}
		w.refuse(res, req, status, "ThrottlingException")
		return
	}
	pages, ok := w.answers[what+" "+region]
	if !ok {
		pages, ok = w.answers[what]
	}
	n := 0
	_, _ = fmt.Sscanf(token, "page%d", &n)
	if !ok || n >= len(pages) {
		w.refuse(res, req, 404, "NoSuchResourceException")
		return
	}
	fmt.Fprint(res, pages[n])
}

// refuse answers with an error in the form of the request's protocol.
func (w *world) refuse(res http.ResponseWriter, req *http.Request, status int, code string) {
	switch {
	case req.Header.Get("X-Amz-Target") != "":
		res.WriteHeader(status)
		fmt.Fprintf(res, `{"__type":"com.amazonaws#%s","message":"no"}`, code)
	case strings.HasPrefix(req.Host, "es.") || strings.HasPrefix(req.Host, "apigateway.") || strings.HasPrefix(req.Host, "lambda."):
		res.Header().Set("X-Amzn-Errortype", code+"Exception:http://x")
		if strings.HasSuffix(code, "Exception") {
			res.Header().Set("X-Amzn-Errortype", code+":http://x")
		}
		res.WriteHeader(status)
		fmt.Fprint(res, `{"message":"no"}`)
	default:
		res.WriteHeader(status)
		fmt.Fprintf(res, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, code)
	}
}

// caller is one for whom every host of AWS's is the server in this process.
func caller(t *testing.T, w *world) *Caller {
	t.Helper()
	w.refused = map[string]int{}
	server := httptest.NewTLSServer(w)
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	return &Caller{
		Config: aws.Config{Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, "")},
		NameServers: func(context.Context, string) ([]string, error) {
			return []string{"ns-1.awsdns.org."}, nil
		},
		patience: 0.001,
		http: &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "example.com"},
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
			},
		}},
	}
}
