package loadbalancer

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/record/recordtest"
	"github.com/rung-dev/rung/resource/token"
)

// locked is a balancer behind CloudFront whose health is asked from outside.
func locked(a *Args) {
	a.CDNPrefixList, a.CertificateARN = pulumi.String("pl-cdn"), pulumi.String("arn:cert")
	a.OriginSecret, a.HealthCheckers = pulumi.String("open sesame"), pulumi.String("pl-health")
	a.Certificates = []Certificate{{Name: "cells", ARN: pulumi.String("arn:cells")}}
}

func TestHealthCheckersHaveADoorOfTheirOwn(t *testing.T) {
	rec, _ := run(t, locked)
	group := recordtest.Named(t, rec, token.EC2SecurityGroup, "loadbalancer-health-sg")
	in := recordtest.Named(t, rec, token.VPCSecurityGroupIngressRule, "loadbalancer-from-health-checkers")
	assert.Equal(t, "pl-health", in.String("prefixListId"))
	assert.Equal(t, group.ID, in.String("securityGroupId"), "CloudFront's list fills the first group")
	assert.InDelta(t, 443, in.Number("fromPort"), 0)
	alb := recordtest.Only(t, rec, token.LBLoadBalancer)
	assert.Len(t, alb.Value("securityGroups"), 2)
}

func TestHealthIsAnsweredWithoutTheSecretAndNothingElse(t *testing.T) {
	rec, _ := run(t, locked)
	rule := recordtest.Named(t, rec, token.LBListenerRule, "loadbalancer-health")
	assert.Equal(t, []any{"/status"}, rule.Value("conditions[0].pathPattern.values"))
	assert.Greater(t, rule.Number("priority"), float64(rulePriority), "those with the secret come first")
	assert.Len(t, rule.Value("conditions"), 1)

	open, _ := run(t, func(a *Args) { locked(a); a.OriginSecret = nil })
	assert.Empty(t, open.All(token.LBListenerRule), "who needs no secret needs no rule")
}

func TestFurtherCertificates(t *testing.T) {
	rec, _ := run(t, locked)
	more := recordtest.Only(t, rec, token.LBListenerCertificate)
	assert.Equal(t, "loadbalancer-certificate-cells", more.Name)
	assert.Equal(t, "arn:cells", more.String("certificateArn"))
}

// Stages below the fifth must not see a difference.
func TestOneRegionNeedsNothingOfThis(t *testing.T) {
	rec, _ := run(t, nil)
	assert.Len(t, rec.All(token.EC2SecurityGroup), 1)
	assert.Empty(t, rec.All(token.LBListenerCertificate))
}

func TestRegionsAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Args)
		want   string
	}{
		"complete":                {locked, ""},
		"no first certificate":    {func(a *Args) { locked(a); a.CertificateARN = nil }, "Certificates: need a CertificateARN"},
		"a certificate twice":     {func(a *Args) { locked(a); a.Certificates = append(a.Certificates, a.Certificates...) }, "Certificates[1]"},
		"a certificate of naught": {func(a *Args) { locked(a); a.Certificates = []Certificate{{Name: "x"}} }, "want a name of its own and an ARN"},
		"open to the world":       {func(a *Args) { locked(a); a.CDNPrefixList = nil }, "HealthCheckers: the balancer is open"},
	} {
		t.Run(name, func(t *testing.T) {
			err := good(tt.change).withDefaults().validate()
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}
