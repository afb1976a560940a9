// Package certificate is the lab's own certificate authority: it vouches for the
// servers of one lab, to whoever is told of its file, and to nobody else.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// years is how long certificates hold; a lab does not live as long.
const years = 10

// Authority vouches for servers.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Path is the file by which clients trust the authority in a directory.
func Path(dir string) string { return filepath.Join(dir, "ca.pem") }

// Open takes the authority of a directory, and makes one where there is none.
func Open(dir string) (*Authority, error) {
	a := &Authority{dir: dir}
	err := a.read()
	if errors.Is(err, fs.ErrNotExist) {
		err = a.make()
	}
	if err != nil {
		return nil, fmt.Errorf("open the lab's certificate authority in %s: %w", dir, err)
	}
	return a, nil
}

func (a *Authority) keyPath() string { return filepath.Join(a.dir, "ca.key") }

func (a *Authority) read() error {
	certText, err := os.ReadFile(Path(a.dir))
	if err != nil {
		return err
	}
	keyText, err := os.ReadFile(a.keyPath())
	if err != nil {
		return err
	}
	cert, _ := pem.Decode(certText)
	key, _ := pem.Decode(keyText)
	if cert == nil || key == nil {
		return errors.New("its files are no PEM: remove them, and stop the lab's servers")
	}
	if a.cert, err = x509.ParseCertificate(cert.Bytes); err != nil {
		return err
	}
	a.key, err = x509.ParseECPrivateKey(key.Bytes)
	return err
}

func (a *Authority) make() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c := template("rung lab")
	c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return err
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return err
	}
	a.key = key
	keyText, err := keyPEM(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(a.dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(a.keyPath(), keyText, 0o600); err != nil {
		return err
	}
	return os.WriteFile(Path(a.dir), certPEM(der), 0o644) //nolint:gosec // it is to be read by all
}

func template(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)) // crypto/rand does not fail
	return &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(years, 0, 0)}
}

// Issue makes a certificate for names and addresses, the first of them its own name,
// with its key, as PEM.
func (a *Authority) Issue(hosts []string) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("issue a certificate for %v: %w", hosts, err)
	}
	c := template(short(hosts[0]))
	c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, &private.PublicKey, a.key)
	if err != nil {
		return nil, nil, fmt.Errorf("issue a certificate for %v: %w", hosts, err)
	}
	key, err = keyPEM(private)
	return certPEM(der), key, err
}

// short is a common name that fits: X.509 has room for 64.
func short(name string) string {
	const most = 64
	return name[:min(len(name), most)]
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func keyPEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalECPrivateKey(key)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), err
}
