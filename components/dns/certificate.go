package dns

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-cloudflare/sdk/v5/go/cloudflare"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/names"
)

// Certificate asks ACM for a certificate for the hosts, proves by DNS records
// that they are ours, and returns the certificate's ARN once it is issued. The
// first host is the certificate's own name; the order of the others does not
// matter. name tells several certificates apart, "edge" say, and is part of the
// logical name. region is the provider of the region in which the certificate
// is needed, us-east-1 for CloudFront; nil means the stack's own region.
//
// Certificates of several regions for the same hosts share their records.
func (d *DNS) Certificate(name string, hosts []string, region pulumi.ProviderResource) (pulumi.StringOutput, error) {
	arn, err := d.certificate(d.name+"-certificate-"+name, hosts, region)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("dns %s: certificate %s: %w", d.name, name, err)
	}
	return arn, nil
}

func (d *DNS) validateHosts(hosts []string) error {
	var errs []error
	if len(hosts) == 0 || len(hosts) > maxHosts {
		errs = append(errs, fmt.Errorf("got %d hosts, want 1 to %d", len(hosts), maxHosts))
	}
	for i, h := range hosts {
		if err := checkHost(h, d.Domain); err != nil {
			errs = append(errs, err)
		}
		if slices.Index(hosts, h) != i {
			errs = append(errs, fmt.Errorf("%s stands twice", h))
		}
	}
	return errors.Join(errs...)
}

func (d *DNS) certificate(name string, hosts []string, region pulumi.ProviderResource) (pulumi.StringOutput, error) {
	var none pulumi.StringOutput
	if err := d.validateHosts(hosts); err != nil {
		return none, err
	}
	opts := []pulumi.ResourceOption{d.child()}
	if region != nil {
		opts = append(opts, pulumi.Provider(region))
	}
	cert, err := acm.NewCertificate(d.ctx, name, &acm.CertificateArgs{
		DomainName:              pulumi.String(hosts[0]),
		SubjectAlternativeNames: pulumi.ToStringArray(slices.Sorted(slices.Values(hosts[1:]))),
		ValidationMethod:        pulumi.String("DNS"),
		Tags:                    d.args.TagsFor(d.ctx, d.name),
	}, opts...)
	if err != nil {
		return none, fmt.Errorf("request it: %w", err)
	}
	proofs, err := d.prove(cert, hosts)
	if err != nil {
		return none, err
	}
	issued, err := acm.NewCertificateValidation(d.ctx, name, &acm.CertificateValidationArgs{
		CertificateArn:        cert.Arn,
		ValidationRecordFqdns: proofs,
	}, opts...)
	if err != nil {
		return none, fmt.Errorf("wait until it is issued: %w", err)
	}
	return issued.CertificateArn, nil
}

// prove makes the records that prove the hosts are ours, and returns their names.
func (d *DNS) prove(cert *acm.Certificate, hosts []string) (pulumi.StringArray, error) {
	var proofs pulumi.StringArray
	for _, name := range validatedNames(hosts) {
		fqdn, err := d.proof(cert, name)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, fqdn)
	}
	return proofs, nil
}

// proof makes the record for one name and returns the record's own name, or
// that of an earlier certificate's: ACM asks for the same record in all regions.
func (d *DNS) proof(cert *acm.Certificate, name string) (pulumi.StringOutput, error) {
	if made, ok := d.validations[name]; ok {
		return made, nil
	}
	host := option(cert, name, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordName })
	value := option(cert, name, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue })
	prove := d.proveAtRoute53
	if d.args.CloudflareZone != nil {
		prove = d.proveAtCloudflare
	}
	fqdn, err := prove(d.name+"-validation-"+slug(name, d.Domain), host, value)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the record that proves %s: %w", name, err)
	}
	d.validations[name] = fqdn
	return fqdn, nil
}

func (d *DNS) proveAtRoute53(name string, host, value pulumi.StringOutput) (pulumi.StringOutput, error) {
	record, err := route53.NewRecord(d.ctx, name, &route53.RecordArgs{
		ZoneId:  d.ZoneID,
		Name:    host,
		Type:    pulumi.String("CNAME"),
		Ttl:     pulumi.Int(DefaultTTLSeconds),
		Records: pulumi.StringArray{value},
	}, d.child())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return record.Fqdn, nil
}

// maxStack leaves the comment room: those of Cloudflare's free plan have 100 characters.
const maxStack = 40

// proveAtCloudflare makes a record that is not proxied: ACM must see what it
// asked for. Cloudflare keeps names and values without the final dot that ACM
// gives, and another form would be a change for ever.
func (d *DNS) proveAtCloudflare(name string, host, value pulumi.StringOutput) (pulumi.StringOutput, error) {
	bare := func(s string) string { return strings.TrimSuffix(s, ".") }
	record, err := cloudflare.NewRecord(d.ctx, name, &cloudflare.RecordArgs{
		ZoneId:  d.args.CloudflareZone.ToStringOutput(),
		Name:    host.ApplyT(bare).(pulumi.StringOutput),
		Type:    pulumi.String("CNAME"),
		Content: value.ApplyT(bare).(pulumi.StringOutput),
		Proxied: pulumi.Bool(false),
		Ttl:     pulumi.Int(DefaultTTLSeconds),
		Comment: pulumi.String("rung " + names.Brief(d.ctx.Stack(), maxStack) + " " + d.name + ": proves the domain to AWS"),
	}, d.child())
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	// The provider compares with what ACM asks for, so the name must be ACM's.
	return pulumi.All(host, record.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput), nil
}

// option picks a field of what ACM asks for a name. ACM lists a name and its
// wildcard both, in any order, with the same record.
func option(cert *acm.Certificate, name string,
	field func(acm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
	return cert.DomainValidationOptions.ApplyT(func(options []acm.CertificateDomainValidationOption) (string, error) {
		for _, o := range options {
			if o.DomainName != nil && validated(*o.DomainName) == name && field(o) != nil {
				return *field(o), nil
			}
		}
		return "", fmt.Errorf("ACM asks for no record that would prove %s", name)
	}).(pulumi.StringOutput)
}
