package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// message writes a mail in the form of RFC 5322.
func message(id uuid.UUID, from string, m MailArgs, now time.Time) ([]byte, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", m.To, err)
	}
	var b strings.Builder
	for _, h := range [][2]string{{"From", from}, {"To", to.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", m.Subject)}, {"Date", now.Format(time.RFC1123Z)},
		{"Message-ID", "<" + id.String() + "@app>"}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"}} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	text := quotedprintable.NewWriter(&b)
	if _, err := text.Write([]byte(m.Text)); err != nil {
		return nil, err
	}
	return []byte(b.String()), text.Close()
}

// SMTP hands mails to a server of the house, which needs no password.
type SMTP struct{ Address, From string }

// NewSMTP reads smtp://host:port.
func NewSMTP(link, from string) (*SMTP, error) {
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("the mail server's URL is none")
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "25")
	}
	return &SMTP{Address: address, From: from}, nil
}

// smtpTimeout bounds the whole conversation.
const smtpTimeout = 20 * time.Second

// Send hands a mail over.
func (s *SMTP) Send(ctx context.Context, id uuid.UUID, m MailArgs) error {
	text, err := message(id, s.From, m, time.Now())
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(smtpTimeout)); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(s.Address) // NewSMTP has given it a port
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return fmt.Errorf("greet the mail server: %w", err)
	}
	return errors.Join(deliver(c, s.From, m.To, text))
}

func deliver(c *smtp.Client, from, to string, text []byte) error {
	if err := c.Mail(from); err != nil {
		return fmt.Errorf("name the sender: %w", err)
	}
	if err := c.Rcpt(to); err != nil {
		return fmt.Errorf("name the receiver: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("hand over the mail: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("hand over the mail: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("hand over the mail: %w", err)
	}
	return c.Quit()
}

// MailDir writes mails as files, for a machine without a mail server.
type MailDir struct{ Dir, From string }

// Send writes one file.
func (d MailDir) Send(_ context.Context, id uuid.UUID, m MailArgs) error {
	text, err := message(id, d.From, m, time.Now())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Dir, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.Dir, id.String()+".eml"), text, 0o640)
}

// MailLog only says that there is a mail, without its text.
type MailLog struct{ Log *slog.Logger }

// Send logs.
func (l MailLog) Send(ctx context.Context, id uuid.UUID, m MailArgs) error {
	l.Log.InfoContext(ctx, "mail (no mail server is set)", "id", id, "subject", m.Subject)
	return nil
}
