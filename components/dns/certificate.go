package dns

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
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
		record, err := d.proof(cert, name)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, record.Fqdn)
	}
	return proofs, nil
}

// proof makes the record for one name, or returns the one that an earlier
// certificate made: ACM asks for the same record in all regions.
func (d *DNS) proof(cert *acm.Certificate, name string) (*route53.Record, error) {
	if made, ok := d.validations[name]; ok {
		return made, nil
	}
	record, err := route53.NewRecord(d.ctx, d.name+"-validation-"+slug(name, d.Domain), &route53.RecordArgs{
		ZoneId:  d.ZoneID,
		Name:    option(cert, name, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordName }),
		Type:    pulumi.String("CNAME"),
		Ttl:     pulumi.Int(DefaultTTLSeconds),
		Records: pulumi.StringArray{option(cert, name, func(o acm.CertificateDomainValidationOption) *string { return o.ResourceRecordValue })},
	}, d.child())
	if err != nil {
		return nil, fmt.Errorf("create the record that proves %s: %w", name, err)
	}
	d.validations[name] = record
	return record, nil
}

// option picks a field of what ACM asks for a name. ACM lists a name and its
// wildcard both, in any order, with the same record.
func option(cert *acm.Certificate, name string, field func(acm.CertificateDomainValidationOption) *string) pulumi.StringOutput {
	return cert.DomainValidationOptions.ApplyT(func(options []acm.CertificateDomainValidationOption) (string, error) {
		for _, o := range options {
			if o.DomainName != nil && validated(*o.DomainName) == name && field(o) != nil {
				return *field(o), nil
			}
		}
		return "", fmt.Errorf("ACM asks for no record that would prove %s", name)
	}).(pulumi.StringOutput)
}
