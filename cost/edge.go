package cost

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/rung-dev/rung/resource/token"
)

// Lambda@Edge is paid by the millisecond. A function that looks at headers takes
// some; how many is taken as these, in seconds.
var edgeSeconds = span{decimal.New(1, -3), decimal.New(3, -3), decimal.New(10, -3)}

// workerMillis is the CPU time of a Worker that looks at headers, per request.
var workerMillis = span{decimal.New(3, -1), one, num(3)}

// sharedReads is how many requests share a reading of a Worker's settings where
// it remembers them: between one and ten thousand.
var sharedReads = struct{ few, usual, many decimal.Decimal }{one, num(100), num(10_000)}

// priceKeyValueStore prices what functions read from a store: every one that
// names a store reads once for each request.
func priceKeyValueStore(s *sheet) {
	if !s.load.known {
		s.usage("paid per read by a function; " + noTraffic)
		return
	}
	readers := zero
	for _, f := range s.byType[token.CloudFrontFunction] {
		// The store's ARN is not known in a preview; that there is one is.
		if props(f.Props).mentions("keyValueStoreAssociations") {
			readers = readers.Add(one)
		}
	}
	s.bill(charge{
		item: "key-value reads", service: CloudFront, sku: "KeyValueStore reads", region: Global,
		count: s.load.requests.times(readers), basis: Assumed, note: "each function reads once for every request",
	})
}

// edgeCalls is how often a function runs at the edge, when a distribution calls
// Lambda at all: at the origin's side for what the cache does not have, at the
// viewer's for everything.
func (s *sheet) edgeCalls() (span, bool) {
	var calls span
	found := false
	for _, d := range s.byType[token.CloudFrontDistribution] {
		events := map[string]bool{}
		for _, b := range append(props(d.Props).objects("orderedCacheBehaviors"),
			props(d.Props).object("defaultCacheBehavior")) {
			for _, a := range b.objects("lambdaFunctionAssociations") {
				events[a.str("eventType")] = true
			}
		}
		for event := range events {
			found = true
			if event == "viewer-request" || event == "viewer-response" {
				calls = calls.plus(s.load.requests)
			} else {
				calls = calls.plus(s.load.appRequests)
			}
		}
	}
	return calls, found
}

// calledAtEdge reports whether a distribution calls Lambda at all.
func (st *stack) calledAtEdge() bool {
	for _, d := range st.byType[token.CloudFrontDistribution] {
		if props(d.Props).mentions("lambdaFunctionAssociations") {
			return true
		}
	}
	return false
}

// priceLambda prices a Lambda@Edge; what calls other functions, the traffic
// profile does not tell.
func priceLambda(s *sheet) {
	calls, edge := s.edgeCalls()
	switch {
	case !edge || !s.props.flag("publish") || s.region != "us-east-1":
		s.usage("Lambda is paid per request and GB-second; the traffic profile does not tell what calls it" +
			s.snapshots())
		return
	case !s.load.known:
		s.usage("Lambda@Edge is paid per request and GB-second; " + noTraffic)
		return
	}
	memoryGB := s.props.numOr("memorySize", 128).Div(num(1024))
	s.bill(charge{
		item: "Lambda@Edge requests", service: CloudFront, sku: "Lambda@Edge requests", region: Global, count: calls,
		basis: Assumed, note: "at most every request that reaches the app",
	})
	s.bill(charge{
		item: "Lambda@Edge duration", service: CloudFront, sku: "Lambda@Edge duration", region: Global,
		count: calls.by(edgeSeconds).times(memoryGB),
		basis: Assumed, note: "3 ms a call",
	})
}

// snapshots says what SnapStart costs besides, which is free for Java alone.
func (s *sheet) snapshots() string {
	if s.props.object("snapStart").str("applyOn") != "PublishedVersions" ||
		strings.HasPrefix(s.props.str("runtime"), "java") {
		return ""
	}
	return "; what SnapStart keeps of it is paid by the GB and second"
}

// priceWorker prices a Worker: the account's plan once, and what goes beyond it.
func priceWorker(s *sheet) {
	if s.take("Cloudflare/Workers Paid", one, one).IsPositive() {
		s.bill(charge{item: "Workers Paid", service: Cloudflare, sku: workersBase, region: Global, count: exactly(one),
			basis: Declared, note: "once for an account"})
	}
	if !s.load.known {
		s.usage("Workers are paid per request beyond the plan; " + noTraffic)
		return
	}
	share := split(s.load.requests, len(s.byType[token.CloudflareWorkersScript]))
	requests, note := s.allowed(Cloudflare, "Workers requests", share)
	s.bill(charge{item: "requests", service: Cloudflare, sku: "Workers requests over 10M", region: Global, count: requests,
		basis: Derived, note: note})
	millis, timeNote := s.allowed(Cloudflare, "Workers CPU time", share.by(workerMillis))
	s.bill(charge{
		item: "CPU time", service: Cloudflare, sku: "Workers CPU time over 30M ms", region: Global, count: millis,
		basis: Assumed, note: join("1 ms a request", timeNote),
	})
}

const workersBase = "Workers Paid base (includes 10M requests, 30M CPU-ms)"

// priceNamespaceKV prices what Workers read from a namespace.
func priceNamespaceKV(s *sheet) {
	if !s.load.known {
		s.usage("Workers KV is paid per read, write and GB; " + noTraffic)
		return
	}
	reads := span{
		s.load.requests.Low.Div(sharedReads.many), s.load.requests.Expected.Div(sharedReads.usual),
		s.load.requests.High.Div(sharedReads.few),
	}
	count, note := s.allowed(Cloudflare, "KV reads", reads)
	s.bill(charge{
		item: "reads", service: Cloudflare, sku: "Workers KV reads over 10M", region: Global, count: count,
		basis: Assumed, note: join("a hundred requests share a reading", note),
	})
}

// tagShield is the tag by which rung's distributions tell where their shield
// is, and with shieldsApp whether it stands before the app too: their origins
// are secret.
const (
	tagShield  = "rung:origin-shield"
	shieldsApp = "+app"
)

// originShield bills what passes by way of Origin Shield: at most what the edge
// does not have.
func (s *sheet) originShield(distributions int) {
	region, app := strings.CutSuffix(s.props.object("tags").str(tagShield), shieldsApp)
	for _, o := range s.props.objects("origins") {
		if shield := o.object("originShield"); shield.flag("enabled") {
			region = shield.str("originShieldRegion")
			app = app || o.has("customOriginConfig")
		}
	}
	if region == "" {
		return
	}
	count := s.load.fileRequests
	if app {
		count = count.plus(s.load.appRequests)
	}
	s.bill(charge{
		item: "requests by way of Origin Shield", service: CloudFront, sku: "origin shield requests", region: region,
		count: split(count, distributions), basis: Assumed, note: "at most what the edge does not have",
	})
}
