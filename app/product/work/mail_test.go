package work_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/mail"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/app/apptest"
	"github.com/rung-dev/rung/app/product/work"
)

// post is a mail server that takes mails from who has logged in by TLS, as SES
// does, or from everybody.
type post struct {
	open bool // wants no log-in

	mu    sync.Mutex
	taken []string
	who   []string
}

func (p *post) NewSession(c *smtp.Conn) (smtp.Session, error) { return &talk{post: p, conn: c}, nil }

type talk struct {
	post *post
	conn *smtp.Conn
	who  string
}

func (t *talk) AuthMechanisms() []string {
	if t.post.open {
		return nil
	}
	return []string{sasl.Plain}
}

func (t *talk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ses-user" || password != "p@ss/word" {
			return smtp.ErrAuthFailed
		}
		t.who = user
		return nil
	}), nil
}

func (t *talk) Mail(string, *smtp.MailOptions) error {
	if _, encrypted := t.conn.TLSConnectionState(); !t.post.open && (t.who == "" || !encrypted) {
		return smtp.ErrAuthRequired
	}
	return nil
}
func (t *talk) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (t *talk) Reset()                               {}
func (t *talk) Logout() error                        { return nil }
func (t *talk) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	t.post.mu.Lock()
	defer t.post.mu.Unlock()
	t.post.taken, t.post.who = append(t.post.taken, string(text)), append(t.post.who, t.who)
	return err
}

// serve starts the server with a certificate for localhost, of an authority
// that is returned; implicit means TLS from the first byte.
func serve(t *testing.T, p *post, implicit, plain bool) (address string, roots *tls.Config) {
	t.Helper()
	pair, file := apptest.Certify(t, "localhost")
	pem, err := os.ReadFile(file)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	s := smtp.NewServer(p)
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if !plain {
		s.TLSConfig = config
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	go s.Serve(l) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { s.Close() })
	return "localhost" + address[strings.LastIndex(address, ":"):],
		&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

var letter = work.MailArgs{To: "ann@example.com", Subject: "Grüße", Text: "Good to have you here, Ænn.\n"}

// Mails go to a server that wants STARTTLS and a log-in, as SES and its like
// do, to one that speaks TLS from the first byte, and to one of the house.
func TestMailIsHandedOver(t *testing.T) {
	for name, tt := range map[string]struct {
		scheme, login          string
		implicit, plain, house bool
		who                    string
	}{
		"STARTTLS and a log-in":      {scheme: "smtp", login: "ses-user:p%40ss%2Fword@", who: "ses-user"},
		"TLS from the first byte":    {scheme: "smtps", login: "ses-user:p%40ss%2Fword@", implicit: true, who: "ses-user"},
		"the house, without TLS":     {scheme: "smtp", plain: true, house: true},
		"the house, with STARTTLS":   {scheme: "smtp", house: true},
		"the house, by implicit TLS": {scheme: "smtps", implicit: true, house: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := &post{open: tt.house}
			address, roots := serve(t, p, tt.implicit, tt.plain)
			s, err := work.NewSMTP(tt.scheme+"://"+tt.login+address, "", "", "app@example.com")
			require.NoError(t, err)
			s.TLS = roots
			id := uuid.New()
			require.NoError(t, s.Send(t.Context(), id, letter))
			require.Len(t, p.taken, 1)
			assert.Equal(t, tt.who, p.who[0])
			m, err := mail.ReadMessage(strings.NewReader(p.taken[0]))
			require.NoError(t, err)
			assert.Equal(t, "<"+id.String()+"@app>", m.Header.Get("Message-ID"), "a second one is known for the same")
			assert.Contains(t, m.Header.Get("To"), "ann@example.com")
		})
	}
}

// A password is said to nobody who has not shown by TLS who it is; what the
// server refuses is an error.
func TestMailPasswordsAreKept(t *testing.T) {
	send := func(p *post, implicit, plain, trusted bool, user, password string) error {
		address, roots := serve(t, p, implicit, plain)
		s, err := work.NewSMTP("smtp://"+address, user, password, "app@example.com")
		require.NoError(t, err)
		if trusted {
			s.TLS = roots
		}
		return s.Send(t.Context(), uuid.New(), letter)
	}
	p := &post{}
	require.Error(t, send(p, false, true, true, "ses-user", "p@ss/word"), "the server offers no TLS")
	require.Error(t, send(p, false, false, false, "ses-user", "p@ss/word"), "nobody vouches for the server")
	require.Error(t, send(p, false, false, true, "ses-user", "wrong"))
	require.Error(t, send(p, false, false, true, "", ""), "it wants a log-in")
	require.NoError(t, send(p, false, false, true, "ses-user", "p@ss/word"))
	assert.Len(t, p.taken, 1)
}

func TestMailServersHavePorts(t *testing.T) {
	for link, want := range map[string]int{"smtp://a": 25, "smtp://u:p@a": 587, "smtps://a": 465, "smtp://a:2525": 2525} {
		s, err := work.NewSMTP(link, "", "", "")
		require.NoError(t, err)
		assert.Equal(t, want, s.Port, link)
	}
	_, err := work.NewSMTP("smtp://u:hunter2@%zz", "", "", "")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hunter2")
}

// A server that says nothing is left after a while, and at once when the worker
// ends.
func TestMailServersMayBeSilent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	s, err := work.NewSMTP("smtp://"+l.Addr().String(), "", "", "app@example.com")
	require.NoError(t, err)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- s.Send(ctx, uuid.New(), letter) }()
	conn, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	cancel()
	select {
	case err := <-ended:
		assert.Error(t, err)
		assert.False(t, errors.Is(err, os.ErrDeadlineExceeded), "it did not wait")
	case <-time.After(time.Minute):
		t.Fatal("it waits for ever")
	}
}
