package dev

import (
	"errors"
	"html/template"
	"io"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// caught is a mail as a person reads it.
type caught struct {
	At                time.Time
	From, To, Subject string
	Text              string
}

// Body is the text with links that can be followed.
func (c caught) Body() template.HTML {
	return template.HTML(link.ReplaceAllString(template.HTMLEscapeString(c.Text), `<a href="$0">$0</a>`)) //nolint:gosec // it is escaped
}

var link = regexp.MustCompile(`https?://[^\s<>"&]+`)

// catcher takes every mail and shows it on a page. Nothing goes further.
type catcher struct {
	smtp, page string // URLs
	mail       *smtp.Server
	web        *http.Server

	mu    sync.Mutex
	mails []caught
}

// kept is how many mails are remembered.
const kept = 200

func catch() (*catcher, error) {
	c := &catcher{}
	c.mail = smtp.NewServer(c)
	c.mail.Domain, c.mail.MaxMessageBytes = "localhost", 1<<20
	c.mail.ReadTimeout, c.mail.WriteTimeout = time.Minute, time.Minute
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	out, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, in.Close())
	}
	c.smtp, c.page = "smtp://"+in.Addr().String(), "http://"+out.Addr().String()
	c.web = &http.Server{Handler: c, ReadHeaderTimeout: time.Minute}
	go c.mail.Serve(in) //nolint:errcheck // it ends with close
	go c.web.Serve(out) //nolint:errcheck // as above
	return c, nil
}

func (c *catcher) close() {
	c.mail.Close() //nolint:errcheck // nothing is lost
	c.web.Close()  //nolint:errcheck // as above
}

// NewSession takes one conversation.
func (c *catcher) NewSession(*smtp.Conn) (smtp.Session, error) { return &conversation{to: c}, nil }

type conversation struct {
	to    *catcher
	names []string
}

func (*conversation) Reset()                               {}
func (*conversation) Logout() error                        { return nil }
func (*conversation) Mail(string, *smtp.MailOptions) error { return nil }
func (s *conversation) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.names = append(s.names, to)
	return nil
}

// Data takes a mail.
func (s *conversation) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	var body = m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.to.mu.Lock()
	defer s.to.mu.Unlock()
	s.to.mails = append(s.to.mails, caught{At: time.Now(), From: m.Header.Get("From"), To: strings.Join(s.names, ", "),
		Subject: m.Header.Get("Subject"), Text: string(text)})
	s.to.mails = s.to.mails[max(len(s.to.mails)-kept, 0):]
	return nil
}

var mailbox = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Mails</title>
<meta http-equiv="refresh" content="5"><style>body{font:1rem/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;border-left:3px solid #8888;padding-left:1rem}</style><h1>Mails</h1>
{{range .}}<h2>{{.Subject}}</h2><p>to {{.To}}, {{.At.Format "15:04:05"}}</p><pre>{{.Body}}</pre>{{else}}<p>None yet.</p>{{end}}</html>`))

// ServeHTTP shows the mails, the newest first.
func (c *catcher) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	newest := make([]caught, 0, len(c.mails))
	for i := range c.mails {
		newest = append(newest, c.mails[len(c.mails)-1-i])
	}
	mailbox.Execute(w, newest) //nolint:errcheck // the browser went away
}
