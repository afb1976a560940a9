// Package acm simulates AWS Certificate Manager: certificates, how they are proved, and which
// names one covers.
package acm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/dnsname"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

// InUse is ACM's refusal to delete a certificate that something serves.
const InUse = "ResourceInUseException"

// Kinds is the table of certificates.
func Kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token: token.ACMCertificate, Service: "ACM", API: "Certificate", Noun: "ACM Certificate",
			Verbs: map[sim.Verb]string{sim.Create: "RequestCertificate", sim.Update: "UpdateCertificateOptions"},
			ID:    func(o *sim.Op) string { return o.ARN("acm", "certificate/"+o.UUID("certificate")) },
			AtMostOneOf: [][]string{
				{"certificateAuthorityArn", "certificateBody"}, {"certificateAuthorityArn", "validationMethod"}, {"certificateBody", "domainName"},
				{"certificateBody", "validationMethod"}, {"privateKey", "domainName"}, {"certificateBody", "subjectAlternativeNames"},
				{"certificateBody", "keyAlgorithm"},
			},
			ExactlyOneOf: [][]string{{"domainName", "privateKey"}},
			Enums: map[string][]string{
				"validationMethod": {"DNS", "EMAIL", "HTTP"},
				"keyAlgorithm":     {"RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"},
			},
			// The first name is the certificate's common name, which X.509 bounds.
			Lengths: map[string]sim.Range{"domainName": {Min: 1, Max: 64}, "subjectAlternativeNames": {Min: 1, Max: 253}},
			Checks:  []sim.Check{certificateNames}, Secrets: []string{"privateKey"}, Sets: []string{"validationOptions"},
			ReplaceOn: []string{
				"certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod",
				"validationOptions",
			},
			Outputs: certificateOutputs,
			Quota:   &sim.Quota{Key: "acm.certificates", Default: 2500, Code: "LimitExceededException"},
			Rules:   sim.Many(sim.Create, namesPerCertificate),
		},
		{
			Token: token.ACMCertificateValidation, Service: "ACM", API: "CertificateValidation", Noun: "ACM Certificate Validation",
			ID:        func(o *sim.Op) string { return o.UUID("validation") },
			Verbs:     map[sim.Verb]string{sim.Create: "DescribeCertificate"},
			ReplaceOn: []string{"certificateArn", "validationRecordFqdns"},
			Outputs: func(o *sim.Op) sim.Props {
				return sim.Props{"validationRecordFqdns": []any{}}
			},
			Refs:  []sim.Ref{{Path: "certificateArn", To: []sim.Target{{Token: token.ACMCertificate}}, Missing: "ResourceNotFoundException"}},
			Rules: sim.Many(sim.Create, recordsNamed, recordsStand, zonesDelegated),
		},
	}
}

func certificateNames(in sim.Props) []sim.Failure {
	var failures []sim.Failure
	for _, name := range append(in.Strs("subjectAlternativeNames"), in.Strs("domainName")...) {
		if !dnsname.Host.MatchString(strings.ToLower(name)) {
			failures = append(failures,
				check.Wrong("domainName", "got %q, want a host name without a trailing dot, or *. and one", name)...)
		}
	}
	return failures
}

// namesPerCertificate: ten names a certificate unless AWS raised it.
func namesPerCertificate(o *sim.Op) error {
	limit := o.Quota("acm.names-per-certificate", 10)
	if len(Hosts(o.In)) <= limit {
		return nil
	}
	return sim.Refuse("LimitExceededException",
		fmt.Sprintf("Error: the maximum number of %d domain names has been reached", limit),
		"Split the names over several certificates, or use a wildcard.")
}

// Hosts are the names that a certificate covers, each once.
func Hosts(in sim.Props) []string {
	names := append(in.Strs("domainName"), in.Strs("subjectAlternativeNames")...)
	slices.Sort(names)
	return slices.Compact(names)
}

// proof is the DNS record that ACM asks for a name: the same in all regions of
// an account, and for a name and its wildcard.
func proof(o *sim.Op, host string) (name, value string) {
	host = strings.TrimPrefix(host, "*.")
	h := made.Digits("acm", o.Account, host)
	return "_" + h[:32] + "." + host + ".", "_" + h[32:64] + "." + made.Digits("acm zone", o.Account, host)[:10] +
		".acm-validations.aws."
}

func certificateOutputs(o *sim.Op) sim.Props {
	options := []any{}
	dns := o.In.Str("validationMethod") == "DNS"
	for _, host := range Hosts(o.In) {
		option := map[string]any{"domainName": host}
		if dns {
			name, value := proof(o, host)
			option["resourceRecordName"], option["resourceRecordType"], option["resourceRecordValue"] = name, "CNAME", value
		}
		options = append(options, option)
	}
	kind, status := "AMAZON_ISSUED", "PENDING_VALIDATION"
	if o.In.Has("privateKey") {
		kind, status = "IMPORTED", "ISSUED"
	}
	return sim.Props{
		"arn": o.ID, "domainName": "", "domainValidationOptions": options, "keyAlgorithm": "RSA_2048", "validationMethod": "NONE",
		"notAfter": "", "notBefore": "", "pendingRenewal": false, "renewalEligibility": "INELIGIBLE", "renewalSummaries": []any{},
		"status": status, "type": kind, "validationEmails": []any{}, "subjectAlternativeNames": sim.List(Hosts(o.In)...),
		"options": map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
	}
}

// recordsNamed: the provider compares the names that it is given with those that
// ACM asks for.
func recordsNamed(o *sim.Op) error {
	certificate, _ := o.Find(token.ACMCertificate, o.In.Str("certificateArn"))
	given := o.In.Strs("validationRecordFqdns")
	if len(given) == 0 {
		return nil
	}
	if certificate.Str("validationMethod") != "DNS" {
		return fmt.Errorf("validation_record_fqdns is not valid for %s validation: take validationRecordFqdns away",
			certificate.Str("validationMethod"))
	}
	for _, host := range Hosts(certificate) {
		name, _ := proof(o, host)
		if !slices.ContainsFunc(given, func(g string) bool { return dnsname.Same(g, name) }) {
			return fmt.Errorf("missing %s DNS validation record: %s: create it and name it in validationRecordFqdns", host,
				strings.TrimSuffix(name, "."))
		}
	}
	return nil
}

// recordsStand: where the account holds the zone of a name, the record must be in
// it, or ACM never issues the certificate and the provider waits in vain. A zone
// that is elsewhere (at Cloudflare, say) is taken to hold it.
func recordsStand(o *sim.Op) error {
	certificate, _ := o.Find(token.ACMCertificate, o.In.Str("certificateArn"))
	if certificate.Str("validationMethod") != "DNS" {
		return nil
	}
	for _, host := range Hosts(certificate) {
		name, value := proof(o, host)
		if ZoneHeld(o, host) && !recordHolds(o, name, value) {
			return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become "+
				"'ISSUED' "+
				"(last state: 'PENDING_VALIDATION'): create the CNAME %s with the value %s first, and let this depend on it",
				o.In.Str("certificateArn"), name, value)
		}
	}
	return nil
}

// zonesDelegated: ACM looks for the record where the world looks. A zone that the
// registrar does not know is a zone that nobody asks.
func zonesDelegated(o *sim.Op) error {
	certificate, _ := o.Find(token.ACMCertificate, o.In.Str("certificateArn"))
	for _, host := range Hosts(certificate) {
		zone, held := zoneOf(o, host)
		name := dnsname.Bare(zone.Props.Str("name"))
		if certificate.Str("validationMethod") != "DNS" || !held || o.Delegated(name) {
			continue
		}
		return fmt.Errorf("waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become "+
			"'ISSUED' "+
			"(last state: 'PENDING_VALIDATION', timeout: 1h15m0s): %s is not delegated to zone %s: enter its name servers %s "+
			"at the registrar; "+
			"here, mark it as delegated under \"delegated\" in the offline state file",
			o.In.Str("certificateArn"), name, zone.ID, strings.Join(zone.Props.Strs("nameServers"), ", "))
	}
	return nil
}

// ZoneHeld reports whether the account has a public zone for a host.
func ZoneHeld(o *sim.Op, host string) bool {
	_, held := zoneOf(o, host)
	return held
}

// zoneOf is the account's public zone for a host: the closest one.
func zoneOf(o *sim.Op, host string) (closest sim.Found, held bool) {
	for _, zone := range o.All(token.Route53Zone) {
		name := "." + dnsname.Bare(zone.Props.Str("name"))
		if len(zone.Props.Maps("vpcs")) > 0 || !strings.HasSuffix("."+dnsname.Bare(host), name) {
			continue
		}
		if !held || len(name) > len(dnsname.Bare(closest.Props.Str("name"))) {
			closest, held = zone, true
		}
	}
	return closest, held
}

func recordHolds(o *sim.Op, name, value string) bool {
	for _, record := range o.All(token.Route53Record) {
		if dnsname.Same(record.Props.Str("fqdn"), name) && record.Props.Str("type") == "CNAME" &&
			slices.ContainsFunc(record.Props.Strs("records"), func(r string) bool { return dnsname.Same(r, value) }) {
			return true
		}
	}
	return false
}

// Issued reports whether a certificate of any region is ready to be
// served: imported, or validated. Load balancers and CloudFront take no other.
func Issued(o *sim.Op, arn string) bool {
	for _, c := range o.Anywhere(token.ACMCertificate) {
		if c.ID == arn && c.Props.Str("type") == "IMPORTED" {
			return true
		}
	}
	for _, v := range o.Anywhere(token.ACMCertificateValidation) {
		if v.Props.Str("certificateArn") == arn {
			return true
		}
	}
	return false
}

// Covers reports whether a certificate holds a host or its wildcard.
func Covers(o *sim.Op, arn, host string) bool {
	for _, c := range o.Anywhere(token.ACMCertificate) {
		if c.ID != arn {
			continue
		}
		if c.Props.Str("type") == "IMPORTED" {
			return true // what the certificate's text says is not read
		}
		_, parent, _ := strings.Cut(host, ".")
		hosts := Hosts(c.Props)
		return slices.Contains(hosts, host) || slices.Contains(hosts, "*."+parent)
	}
	return false
}
