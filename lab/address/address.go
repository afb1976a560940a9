// Package address gives each machine of a lab an address of its own in 127.0.0.0/8,
// so that its servers listen on the ports that they have on AWS, and labs run side by
// side. An address comes from a hash and stays with its machine in the lab's record.
package address

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// tries is how many addresses are looked at before the lab gives up.
const tries = 64

// ErrNone is a machine for which no address is free.
var ErrNone = errors.New("no address in 127.0.0.0/8 is free")

// Choose is an address for a machine. Those that are taken, and those on whose ports
// somebody listens, are passed over.
func Choose(lab, machine string, taken map[string]bool, free func(address string) error) (string, error) {
	var last error
	for n := range tries {
		a := nth(lab, machine, n)
		if taken[a] {
			continue
		}
		if last = free(a); last == nil {
			return a, nil
		}
	}
	return "", fmt.Errorf("choose an address for %s: %w: %w", machine, ErrNone, last)
}

// nth is the nth address of a machine: 127.16.0.1 to 127.239.255.254, out of the way
// of 127.0.0.1 and what else systems keep at the beginning.
func nth(lab, machine string, n int) string {
	sum := sha256.Sum256([]byte(lab + "\x00" + machine + "\x00" + strconv.Itoa(n)))
	bits := binary.BigEndian.Uint32(sum[:])
	return fmt.Sprintf("127.%d.%d.%d", 16+bits>>16%224, bits>>8%256, 1+bits%254)
}

// Free fails unless all of those ports can be listened on at an address.
func Free(address string, ports ...int) error {
	for _, port := range ports {
		if err := Listenable(address, port); err != nil {
			return err
		}
	}
	return nil
}

// Listenable fails unless a port can be listened on; the error says why.
func Listenable(address string, port int) error {
	l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
	switch {
	case err == nil:
		return l.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %d of %s %w", port, address, ErrTaken)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %d of %s is for root alone (sysctl net.ipv4.ip_unprivileged_port_start): %w", port,
			address, ErrPrivileged)
	}
	return fmt.Errorf("listen on port %d of %s: %w", port, address, err)
}

// ErrPrivileged is a port that only root may listen on.
var ErrPrivileged = errors.New("privileged port")

// ErrTaken is a port on which somebody listens.
var ErrTaken = errors.New("is taken by another program")

// Privileged reports whether this process may listen on ports that are root's.
func Privileged() bool { return !errors.Is(Listenable("127.0.0.1", 1), ErrPrivileged) }
