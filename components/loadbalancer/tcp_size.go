package loadbalancer

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/alarms"
	"github.com/rung-dev/rung/components/part"
)

const (
	// DefaultTCPDrainSeconds is AWS's own: connections last longer than requests.
	DefaultTCPDrainSeconds = 300
	// DefaultTCPIdleSeconds is AWS's own.
	DefaultTCPIdleSeconds = 350
	// DefaultAlarmResets is a hundred a minute: more than clients that were cut off.
	DefaultAlarmResets = 100
	// tcpNamespace is CloudWatch's of network load balancers.
	tcpNamespace = "AWS/NetworkELB"
)

func (a TCPArgs) withDefaults() TCPArgs {
	a.TargetPort = cmp.Or(a.TargetPort, a.Port)
	a.DrainSeconds = cmp.Or(a.DrainSeconds, DefaultTCPDrainSeconds)
	a.IdleSeconds = cmp.Or(a.IdleSeconds, DefaultTCPIdleSeconds)
	a.AlarmResets = cmp.Or(a.AlarmResets, DefaultAlarmResets)
	path := a.Health.Path
	a.Health = a.Health.withDefaults()
	a.Health.Path = path // none is a check of its own here
	return a
}

func (a TCPArgs) validate() error {
	errs := []error{
		checkPlace(a.VPCID, a.Subnets), checkCIDRs(a.CIDRs), a.Health.validate(),
		part.Between("Port", a.Port, 1, 65_535), part.Between("TargetPort", a.TargetPort, 1, 65_535),
		part.Between("DrainSeconds", a.DrainSeconds, 0, 3_600), part.Between("IdleSeconds", a.IdleSeconds, 60, 6_000),
		part.Between("AlarmResets", a.AlarmResets, 1, 1_000_000),
	}
	if n := len(a.CIDRs) + len(a.Clients); n > ruleQuota {
		errs = append(errs, fmt.Errorf("CIDRs, Clients: got %d, want at most %d: a security group has no more rules", n,
			ruleQuota))
	}
	if a.CertificateARN != nil && a.IdleSeconds != DefaultTCPIdleSeconds {
		errs = append(errs, fmt.Errorf("IdleSeconds: got %d, but where the balancer ends TLS it is %d always", a.IdleSeconds,
			DefaultTCPIdleSeconds))
	}
	return errors.Join(errs...)
}

// restricted reports whether somebody in particular is admitted, or nobody yet.
func (a TCPArgs) restricted() bool { return a.Internal || len(a.CIDRs) > 0 || len(a.Clients) > 0 }

func (l *TCP) dimensions() (balancer, targets pulumi.StringMap) {
	return pulumi.StringMap{"LoadBalancer": l.ARNSuffix},
		pulumi.StringMap{"LoadBalancer": l.ARNSuffix, "TargetGroup": l.TargetGroupARNSuffix}
}

func (l *TCP) watch() error {
	list := l.alarms()
	made, err := alarms.Create(l.ctx, l, l.name, l.args.Common, list...)
	if err != nil {
		return err
	}
	l.Alarms = alarms.Named(list, made)
	l.GateAlarms = pulumi.StringArray{l.Alarms["resets"]}
	return nil
}

func (l *TCP) alarms() []alarms.Alarm {
	balancer, targets := l.dimensions()
	return []alarms.Alarm{{
		Name: "unhealthy", Why: "A target fails its health check. The fleet replaces it; if it happens again, read the log of the one that went.",
		Namespace: tcpNamespace, Metric: "UnHealthyHostCount", Dimensions: targets, Statistic: "Maximum",
		Missing: alarms.MissingIsGood,
	}, {
		Name: "resets", Why: "Targets reset connections: the program refuses clients or breaks off. Look at its log; if a rollout is running, roll it back.",
		Namespace: tcpNamespace, Metric: "TCP_Target_Reset_Count", Dimensions: balancer, Statistic: "Sum",
		Threshold: float64(l.args.AlarmResets), Periods: 3, Missing: alarms.MissingIsGood,
	}, {
		Name: "ports-used-up", Why: "The balancer had no port left to reach a target. Add targets, or a target port.",
		Namespace: tcpNamespace, Metric: "PortAllocationErrorCount", Dimensions: balancer, Statistic: "Sum",
		Periods: 1, Missing: alarms.MissingIsGood,
	}}
}
