package loadbalancer

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultIntervalSeconds finds a dead target within half a minute without
	// filling the app's log.
	DefaultIntervalSeconds = 10
	// DefaultTimeoutSeconds is the toolkit's figure: a health check that takes
	// two seconds has failed.
	DefaultTimeoutSeconds = 2
	// DefaultUp and DefaultDown are how many answers change the balancer's
	// mind; three failures are the toolkit's figure.
	DefaultUp, DefaultDown = 2, 3
	// DefaultIdleSeconds is AWS's own.
	DefaultIdleSeconds = 60
	// DefaultAlarmErrors is ten a minute: more than a stray bug.
	DefaultAlarmErrors = 10
	// DefaultAlarmP95Seconds is more than twice the ladder's reference of
	// 200 ms for the slowest answer in twenty.
	DefaultAlarmP95Seconds = 0.5

	// TLSPolicy offers TLS 1.3 and 1.2 with forward secrecy. AWS's default is
	// of 2016 and still offers TLS 1.0.
	TLSPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

	// LogPrincipal is the AWS service that writes access logs into the bucket.
	LogPrincipal = "logdelivery.elasticloadbalancing.amazonaws.com"

	// namePrefix begins physical names; AWS takes at most six characters.
	namePrefix = "rung-"

	// weekSeconds is the longest that a cookie may bind.
	weekSeconds = 7 * 24 * 3600
	// ruleQuota is how many rules a security group has; prefixListRules is
	// what CloudFront's list counts for.
	ruleQuota, prefixListRules = 60, 55
)

// LogPath is where in the bucket the access logs of the balancer with that
// logical name arrive: what LogPrincipal must be allowed to write.
func LogPath(name, account string) string { return name + "/AWSLogs/" + account + "/*" }

func (a Args) withDefaults() Args {
	a.TargetPort = cmp.Or(a.TargetPort, contract.Port)
	a.StatusPath = cmp.Or(a.StatusPath, contract.StatusPath)
	if a.Algorithm == "" && a.SlowStartSeconds > 0 {
		a.Algorithm = RoundRobin // the only one that starts slowly
	}
	a.Algorithm = cmp.Or(a.Algorithm, LeastOutstanding)
	a.DrainSeconds = cmp.Or(a.DrainSeconds, contract.DrainSeconds)
	a.IdleSeconds = cmp.Or(a.IdleSeconds, DefaultIdleSeconds)
	a.AlarmErrors = cmp.Or(a.AlarmErrors, DefaultAlarmErrors)
	a.AlarmP95Seconds = cmp.Or(a.AlarmP95Seconds, DefaultAlarmP95Seconds)
	a.Health = a.Health.withDefaults()
	return a
}

func (h HealthCheck) withDefaults() HealthCheck {
	h.Path = cmp.Or(h.Path, contract.HealthPath)
	h.IntervalSeconds = cmp.Or(h.IntervalSeconds, DefaultIntervalSeconds)
	h.TimeoutSeconds = cmp.Or(h.TimeoutSeconds, DefaultTimeoutSeconds)
	h.Up, h.Down = cmp.Or(h.Up, DefaultUp), cmp.Or(h.Down, DefaultDown)
	return h
}

func (a Args) validate() error {
	return errors.Join(a.checkPlace(), a.checkDoor(), a.checkSpread(), a.Health.validate(), a.checkMove(), a.checkRoutes(),
		a.checkMaintenance(), a.checkRegions())
}

// checkPlace is about where the balancer stands.
func (a Args) checkPlace() error { return checkPlace(a.VPCID, a.Subnets) }

// checkPlace wants a network and a subnet in each of two zones or more.
func checkPlace(vpc pulumi.StringInput, subnets []part.Subnet) error {
	var errs []error
	if vpc == nil {
		errs = append(errs, errors.New("VPCID: required"))
	}
	zones := map[string]bool{}
	for _, s := range subnets {
		if zones[s.Zone] {
			errs = append(errs, fmt.Errorf("Subnets: two are in zone %s, want one in each zone", s.Zone))
		}
		zones[s.Zone] = true
	}
	if len(zones) < 2 {
		errs = append(errs, fmt.Errorf("Subnets: got %d zones, want 2 or more", len(zones)))
	}
	return errors.Join(errs...)
}

// checkDoor is about who may come in.
func (a Args) checkDoor() error {
	errs := []error{checkCIDRs(a.CIDRs)}
	if a.Internal && a.CDNPrefixList != nil {
		errs = append(errs, errors.New("CDNPrefixList: an internal balancer cannot be reached by a CDN"))
	}
	if a.AlsoPlain && (a.CertificateARN == nil || !a.restricted() || len(a.Routes) > 0) {
		errs = append(errs, errors.New("AlsoPlain: needs a CertificateARN, CIDRs to say who may connect, and no Routes"))
	}
	if n := a.ruleCount(); n > ruleQuota {
		errs = append(errs, fmt.Errorf("CIDRs: with %d ranges the security group needs %d rules, want at most %d",
			len(a.CIDRs), n, ruleQuota))
	}
	return errors.Join(errs...)
}

func checkCIDRs(list []string) error {
	var errs []error
	for i, c := range list {
		if _, err := netip.ParsePrefix(c); err != nil {
			errs = append(errs, fmt.Errorf("CIDRs[%d]: got %q, want a range such as 10.0.0.0/16", i, c))
		}
	}
	return errors.Join(errs...)
}

// checkSpread is about how requests find targets.
func (a Args) checkSpread() error {
	errs := []error{
		part.Between("TargetPort", a.TargetPort, 1, 65_535),
		part.Between("StickySeconds", a.StickySeconds, 0, weekSeconds),
		part.Between("DrainSeconds", a.DrainSeconds, 0, 3_600),
		part.Between("IdleSeconds", a.IdleSeconds, 1, 4_000),
		part.Between("AlarmErrors", a.AlarmErrors, 1, 1_000_000),
	}
	if !slices.Contains(Algorithms(), a.Algorithm) {
		errs = append(errs, fmt.Errorf("Algorithm: got %q, want one of %v", a.Algorithm, Algorithms()))
	}
	if a.AlarmP95Seconds < 0 {
		errs = append(errs, fmt.Errorf("AlarmP95Seconds: got %v, want more than 0", a.AlarmP95Seconds))
	}
	if a.SlowStartSeconds != 0 {
		errs = append(errs, part.Between("SlowStartSeconds", a.SlowStartSeconds, 30, 900))
		if a.Algorithm != RoundRobin {
			errs = append(errs, fmt.Errorf("SlowStartSeconds: got %d with %s, but only %s starts slowly", a.SlowStartSeconds,
				a.Algorithm, RoundRobin))
		}
	}
	return errors.Join(errs...)
}

func (h HealthCheck) validate() error {
	errs := []error{
		part.Between("Health.IntervalSeconds", h.IntervalSeconds, 5, 300),
		part.Between("Health.TimeoutSeconds", h.TimeoutSeconds, 2, 120),
		part.Between("Health.Up", h.Up, 2, 10),
		part.Between("Health.Down", h.Down, 2, 10),
	}
	if h.Path != "" && h.Path[0] != '/' {
		errs = append(errs, fmt.Errorf("Health.Path: got %q, want a path that begins with /", h.Path))
	}
	if h.TimeoutSeconds >= h.IntervalSeconds {
		errs = append(errs, fmt.Errorf("Health.TimeoutSeconds: got %d, want less than the interval of %d", h.TimeoutSeconds,
			h.IntervalSeconds))
	}
	return errors.Join(errs...)
}

func (a Args) checkMove() error {
	if a.Move == nil {
		return nil
	}
	errs := []error{part.Between("Move.Weight", a.Move.Weight, 0, 100)}
	if a.Move.InstanceID == nil {
		errs = append(errs, errors.New("Move.InstanceID: required"))
	}
	return errors.Join(errs...)
}

// restricted reports whether anyone but the world may connect. An internal
// balancer is closed to all whom nobody names.
func (a Args) restricted() bool {
	return a.Internal || a.CDNPrefixList != nil || len(a.CIDRs) > 0 || len(a.Clients) > 0
}

// ruleCount is what the ingress rules weigh against the quota.
func (a Args) ruleCount() int {
	weight := len(a.CIDRs) + len(a.Clients)
	if a.CDNPrefixList != nil {
		weight += prefixListRules
	}
	return weight * len(a.listeners())
}

// listener is a port on which the balancer answers.
type listener struct {
	port int
	// tls is true for HTTPS.
	tls bool
	// redirects is true where the only answer is the way to HTTPS.
	redirects bool
}

// listeners are the ports that must be open. Whom the world may visit needs
// both, to be sent from HTTP to HTTPS; a CDN or a client of our own is told
// the right one.
func (a Args) listeners() []listener {
	switch {
	case a.CertificateARN == nil:
		return []listener{{port: 80}}
	case a.restricted() && a.AlsoPlain:
		return []listener{{port: 443, tls: true}, {port: 80}}
	case a.restricted():
		return []listener{{port: 443, tls: true}}
	}
	return []listener{{port: 443, tls: true}, {port: 80, redirects: true}}
}
