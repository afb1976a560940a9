// Package probe asks servers of the lab whether they are well, as their clients
// would: over TCP, HTTP, PostgreSQL's and Redis' protocols. An answer takes
// milliseconds; a server that does not answer within Patience is not well.
package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rung-dev/rung/lab/unit"
)

// Patience is how long a server may take to answer.
const Patience = 2 * time.Second

// Ask is nil when the server at an address is well.
func Ask(ctx context.Context, address string, h unit.Health) error {
	if h.Kind == unit.Runs {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if h.Kind == unit.HTTP || h.Kind == unit.Answers {
		return askHTTP(ctx, address, h)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(address, strconv.Itoa(h.Port)))
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	conn.SetDeadline(deadline) //nolint:errcheck // what follows fails instead
	switch h.Kind {
	case unit.Postgres:
		return askPostgres(conn)
	case unit.Redis:
		return askRedis(conn, h.TLS)
	}
	return nil
}

// trusting asks without a look at certificates, and keeps no connection: a server
// that is asked once in a while would hold it for nothing.
var trusting = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: unchecked},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// unchecked is for servers on this machine that are asked nothing but how they are.
var unchecked = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // loopback, and nothing is told

func askHTTP(ctx context.Context, address string, h unit.Health) error {
	scheme := "http"
	if h.TLS {
		scheme = "https"
	}
	url := fmt.Sprintf("%s://%s%s", scheme, net.JoinHostPort(address, strconv.Itoa(h.Port)), h.Path)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := trusting.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if h.Kind == unit.Answers && answer.StatusCode < http.StatusInternalServerError {
		return nil
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: got %s", url, answer.Status)
	}
	return nil
}

// askPostgres knocks as nobody in particular: a server that asks for a password, or
// refuses the user, takes connections; one that starts up or ends says so.
func askPostgres(conn net.Conn) error {
	body := []byte("\x00\x03\x00\x00user\x00rung_probe\x00database\x00postgres\x00\x00")
	hello := binary.BigEndian.AppendUint32(nil, uint32(len(body)+4)) //nolint:gosec // a few bytes
	if _, err := conn.Write(append(hello, body...)); err != nil {
		return err
	}
	answer := make([]byte, 1024)
	n, err := io.ReadAtLeast(conn, answer, 1)
	if err != nil {
		return err
	}
	// 57P01 to 57P03: it ends, it has crashed, it starts up. 53300: it is full, and well.
	if text := string(answer[:n]); text[0] == 'E' && strings.Contains(text, "C57P0") {
		return errors.New("it does not take connections yet")
	}
	return nil
}

func askRedis(conn net.Conn, encrypted bool) error {
	if encrypted {
		conn = tls.Client(conn, unchecked)
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if strings.HasPrefix(line, "+PONG") || strings.HasPrefix(line, "-NOAUTH") {
		return nil
	}
	return fmt.Errorf("it says %q", strings.TrimSpace(line))
}
