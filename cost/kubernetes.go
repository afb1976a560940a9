package cost

import (
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// onNodes is why an object of Kubernetes costs nothing itself.
const onNodes = "runs on nodes, which are priced where they stand"

// What decides which load balancer a service gets: annotations, by the guides of
// EKS and of its load balancer controller.
const (
	balancerType   = "service.beta.kubernetes.io/aws-load-balancer-type"
	balancerScheme = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	balancerInside = "service.beta.kubernetes.io/aws-load-balancer-internal"
	ingressScheme  = "alb.ingress.kubernetes.io/scheme"
	ingressClass   = "kubernetes.io/ingress.class"
)

// priceKubernetes settles an object of Kubernetes: it runs on nodes that are priced,
// but some have AWS make something beside them.
func priceKubernetes(s *sheet) {
	_, kind, _ := strings.Cut(strings.TrimPrefix(s.r.Type, "kubernetes:"), ":")
	spec := s.props.object("spec")
	switch {
	case kind == "Service" && spec.str("type") == "LoadBalancer":
		s.serviceBalancer()
	case kind == "Ingress" && s.isALB(spec):
		s.madeBalancer(ALB, "ALB hour", s.annotation(ingressScheme) == "internet-facing",
			"an application load balancer, as its class asks for; those of one group share one")
	case kind == "Release":
		s.usage("a chart runs on nodes, which are priced where they stand; load balancers and volumes that it asks " +
			"for come besides, and no state holds them")
	case kind == "PersistentVolumeClaim":
		s.usage("the volume that the cluster makes for it is paid per GB, by its storage class")
	default:
		s.free(onNodes)
	}
}

// serviceBalancer prices the load balancer that a service is given: on EKS one of the
// first generation, unless it or the cluster asks for another.
func (s *sheet) serviceBalancer() {
	clusters := s.byType[token.EKSCluster]
	if len(clusters) == 0 || s.othersClusters() {
		s.unpriced("", "Kubernetes makes a load balancer of a kind that the cluster decides, and which cluster it is "+
			"is not known; as a Network Load Balancer it costs by the hour, with public addresses")
		return
	}
	auto := props(clusters[0].Props).object("computeConfig").flag("enabled")
	class := s.props.object("spec").str("loadBalancerClass")
	outside := s.annotation(balancerInside) != "true" && s.annotation(balancerScheme) != "internal"
	switch kind := s.annotation(balancerType); {
	case kind != "" || auto || class != "":
		outside = outside && (kind == "nlb" || s.annotation(balancerScheme) == "internet-facing")
		s.madeBalancer(NLB, "NLB hour", outside, "a network load balancer, as it asks for")
	default:
		s.madeBalancer(ELB, "classic load balancer hour", outside,
			"a classic load balancer, which EKS makes unless asked for another")
	}
}

// othersClusters reports whether the stack has clusters of other clouds too, so that
// nobody knows in which of them an object is.
func (s *sheet) othersClusters() bool {
	for typ := range s.byType {
		provider, rest, _ := strings.Cut(typ, ":")
		if clouds[provider] != "" && strings.Contains(rest, "Cluster") {
			return true
		}
	}
	return false
}

// annotation is what an object says of itself to those that watch it.
func (s *sheet) annotation(key string) string {
	return s.props.object("metadata").object("annotations").str(key)
}

// isALB reports whether an ingress is one of AWS's load balancers.
func (s *sheet) isALB(spec props) bool {
	return spec.str("ingressClassName") == "alb" || s.annotation(ingressClass) == "alb" ||
		s.annotation(ingressScheme) != ""
}

// madeZones is in how many zones such a load balancer stands, as nobody says.
const madeZones = 2

// madeBalancer bills a load balancer that a cluster makes.
func (s *sheet) madeBalancer(service Service, sku string, outside bool, note string) {
	s.hours("load balancer hours", service, sku, one, Derived, note)
	if outside {
		s.address("public IPv4 addresses (load balancer)", exactly(num(madeZones)), Assumed, "one in each of two zones")
	}
	s.usageItem("what passes through the load balancer", "paid per capacity unit or GB")
}
