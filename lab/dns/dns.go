// Package dns answers for the names of the simulated cloud: endpoints, private
// zones and Cloud Map, with the addresses that the lab has given their machines.
// What a name stands for is a table that can be exchanged at any time, as
// machines come and go.
//
// Answers are for a second only, so that whoever asks again finds a failover,
// and several addresses come in another order each time, as with Route 53. IPv6
// and records other than A and CNAME have no answers; names that nobody knows do
// not exist or are forwarded.
package dns

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// Options are how a server is made.
type Options struct {
	// Listen is an address with a port for UDP and TCP; port 0 takes a free one.
	Listen string
	// Table is what is known at first.
	Table Table
	// Forward is the resolver, an address with a port, that is asked for names
	// outside of the table's zones; empty says that they do not exist.
	Forward string
}

// Server is a name server that runs.
type Server struct {
	table   atomic.Pointer[Table]
	forward string
	address string
	udp     *dns.Server
	tcp     *dns.Server
	running sync.WaitGroup
}

// tries is how often two free ports are looked for that are one.
const tries = 20

// Start begins to answer. It fails where the address cannot be had.
func Start(o Options) (*Server, error) {
	s := &Server{forward: o.Forward}
	s.Swap(o.Table)
	packets, connections, err := listen(o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for names at %s: %w", o.Listen, err)
	}
	s.address = packets.LocalAddr().String()
	s.udp = &dns.Server{PacketConn: packets, Handler: s}
	s.tcp = &dns.Server{Listener: connections, Handler: s}
	for _, one := range []*dns.Server{s.udp, s.tcp} {
		started := make(chan struct{})
		one.NotifyStartedFunc = func() { close(started) }
		s.running.Go(func() { one.ActivateAndServe() }) //nolint:errcheck // it ends by Close
		<-started
	}
	return s, nil
}

// listen takes one port for both protocols.
func listen(at string) (packets net.PacketConn, connections net.Listener, err error) {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return nil, nil, err
	}
	for range tries {
		if packets, err = net.ListenPacket("udp", at); err != nil {
			return nil, nil, err
		}
		same := strconv.Itoa(packets.LocalAddr().(*net.UDPAddr).Port)
		if connections, err = net.Listen("tcp", net.JoinHostPort(host, same)); err == nil {
			return packets, connections, nil
		}
		packets.Close()
		if port != "0" {
			break
		}
	}
	return nil, nil, err
}

// Address is where the server listens.
func (s *Server) Address() string { return s.address }

// Swap exchanges the table. A question that is being answered keeps the old one.
func (s *Server) Swap(t Table) { s.table.Store(&t) }

// Close ends the server and waits for it.
func (s *Server) Close() error {
	err := errors.Join(s.udp.Shutdown(), s.tcp.Shutdown())
	s.running.Wait()
	return err
}

// ttl is how long an answer may be kept, in seconds.
const ttl = 1

// ServeDNS answers one message.
func (s *Server) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	if len(q.Question) != 1 || q.Opcode != dns.OpcodeQuery {
		s.write(w, q, new(dns.Msg).SetRcode(q, dns.RcodeNotImplemented))
		return
	}
	table, name := s.table.Load(), q.Question[0].Name
	if s.forward != "" && !table.knows(name) {
		s.write(w, q, s.ask(q))
		return
	}
	s.write(w, q, answer(table.Find(name), q))
}

// answer writes what was found as an answer to a question.
func answer(f Found, q *dns.Msg) *dns.Msg {
	out := new(dns.Msg).SetReply(q)
	out.Authoritative, out.RecursionAvailable = true, true
	if !f.Exists {
		out.Rcode = dns.RcodeNameError
	}
	owner, kind := q.Question[0].Name, q.Question[0].Qtype
	for _, alias := range f.Aliases {
		out.Answer = append(out.Answer, &dns.CNAME{Hdr: head(owner, dns.TypeCNAME), Target: dns.Fqdn(alias)})
		owner = dns.Fqdn(alias)
	}
	if kind != dns.TypeA && kind != dns.TypeANY {
		return out
	}
	for _, i := range rand.Perm(len(f.Addresses)) {
		out.Answer = append(out.Answer, &dns.A{Hdr: head(owner, dns.TypeA), A: net.IP(f.Addresses[i].AsSlice())})
	}
	return out
}

func head(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: kind, Class: dns.ClassINET, Ttl: ttl}
}

const (
	forwardTimeout = 2 * time.Second
	plainUDP       = 512 // bytes of an answer to who says nothing
)

// ask forwards a question.
func (s *Server) ask(q *dns.Msg) *dns.Msg {
	for _, network := range []string{"udp", "tcp"} {
		client := dns.Client{Net: network, Timeout: forwardTimeout}
		out, _, err := client.Exchange(q, s.forward)
		if err == nil && !out.Truncated {
			return out
		}
	}
	return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
}

// write sends an answer, cut to what the asker takes over UDP.
func (s *Server) write(w dns.ResponseWriter, q, out *dns.Msg) {
	most := plainUDP
	if o := q.IsEdns0(); o != nil {
		most = max(most, int(o.UDPSize()))
		if out.IsEdns0() == nil {
			out.SetEdns0(o.UDPSize(), false)
		}
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		out.Truncate(most)
	}
	w.WriteMsg(out) //nolint:errcheck // who asked has gone, and asks again
}
