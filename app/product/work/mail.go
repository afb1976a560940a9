package work

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/wneessen/go-mail"
)

// message is a mail in the form of RFC 5322. Its id follows from the job's, so
// that a second one is known for the same.
func message(id uuid.UUID, from string, m MailArgs) (*mail.Msg, error) {
	out := mail.NewMsg()
	if err := errors.Join(out.From(from), out.To(m.To)); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	out.Subject(m.Subject)
	out.SetDateWithValue(time.Now())
	out.SetMessageIDWithValue(id.String() + "@app")
	out.SetBodyString(mail.TypeTextPlain, m.Text)
	return out, nil
}

// SMTP hands mails to a server. To one that wants a log-in nothing is said but
// by TLS, with a certificate that vouches for its name. One of the house is
// spoken to by TLS where it offers that, whatever its certificate is, as mail
// servers do among each other.
type SMTP struct {
	Host string
	Port int
	// Implicit means TLS from the first byte rather than by STARTTLS.
	Implicit bool
	// Username and Password log in; empty means that the server wants none.
	Username, Password string
	From               string
	// TLS is how to check the server; nil means by the system's certificates.
	TLS *tls.Config
}

// NewSMTP reads smtp://host:port (STARTTLS) or smtps://host:port, with or
// without user:password before the host; username and password come before
// those.
func NewSMTP(link, username, password, from string) (*SMTP, error) {
	u, err := url.Parse(link)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the mail server's URL is none") // the parser's message may repeat a password
	}
	s := &SMTP{Host: u.Hostname(), Implicit: u.Scheme == "smtps", Username: username, Password: password, From: from}
	if s.Username == "" {
		s.Username = u.User.Username()
		s.Password, _ = u.User.Password()
	}
	switch port, err := strconv.Atoi(u.Port()); {
	case err == nil:
		s.Port = port
	case s.Implicit:
		s.Port = 465
	case s.Username != "":
		s.Port = 587
	default:
		s.Port = 25
	}
	return s, nil
}

// smtpTimeout bounds each of the two parts of a conversation: up to the log-in,
// and the mail. Both are shorter than a mail's claim.
const smtpTimeout = 10 * time.Second

// Send hands a mail over.
func (s *SMTP) Send(ctx context.Context, id uuid.UUID, m MailArgs) error {
	text, err := message(id, s.From, m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx) // ends the connection, too
	defer cancel()
	client, err := mail.NewClient(s.Host, s.options(ctx)...)
	if err != nil {
		return fmt.Errorf("speak to the mail server: %w", err)
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	if err := client.SendWithSMTPClient(conn, text); err != nil {
		return fmt.Errorf("hand over the mail: %w", err)
	}
	client.CloseWithSMTPClient(conn) //nolint:errcheck // it has the mail
	return nil
}

func (s *SMTP) options(ctx context.Context) []mail.Option {
	check := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		check = s.TLS.Clone()
	}
	check.ServerName = s.Host
	out := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(smtpTimeout)}
	switch {
	case s.Implicit: // see dial; there is no STARTTLS within TLS
		out = append(out, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case s.Username != "":
		out = append(out, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		check.InsecureSkipVerify = true //nolint:gosec // without a log-in the alternative is no TLS at all
		out = append(out, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if s.Username != "" {
		out = append(out, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username),
			mail.WithPassword(s.Password))
	}
	return append(out, mail.WithTLSConfig(check), mail.WithDialContextFunc(s.dial(ctx, check)))
}

// dial bounds what the library does not: the server's greeting, and what it
// says up to the log-in. The connection ends with ctx.
func (s *SMTP) dial(ctx context.Context, check *tls.Config) mail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(smtpTimeout)); err != nil || !s.Implicit {
			return conn, err
		}
		return tls.Client(conn, check), nil
	}
}

// MailDir writes mails as files, for a machine without a mail server.
type MailDir struct{ Dir, From string }

// Send writes one file.
func (d MailDir) Send(_ context.Context, id uuid.UUID, m MailArgs) error {
	text, err := message(id, d.From, m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Dir, 0o750); err != nil {
		return err
	}
	return text.WriteToFile(filepath.Join(d.Dir, id.String()+".eml"))
}

// MailLog only says that there is a mail, without its text.
type MailLog struct{ Log *slog.Logger }

// Send logs.
func (l MailLog) Send(ctx context.Context, id uuid.UUID, m MailArgs) error {
	l.Log.InfoContext(ctx, "mail (no mail server is set)", "id", id, "subject", m.Subject)
	return nil
}
