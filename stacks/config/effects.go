package config

import "strings"

// Effect is one thing that a change of a key may do to a stack that stands.
type Effect string

const (
	// Nowhere is a key that only rung reads.
	Nowhere Effect = "changes nothing in the cloud"
	// InPlace makes, updates and deletes what holds no data.
	InPlace Effect = "in place"
	// Anew puts something new in the place of what holds no data.
	Anew Effect = "replaces what holds no data"
	// Asks deletes or replaces what holds data.
	Asks Effect = "takes data away, only once confirmed"
	// Later leaves what stands as it is.
	Later Effect = "counts for what is made from then on"
	// Refused is what rung does not begin, since the cloud would refuse it half-way
	// or data would stay behind.
	Refused Effect = "refused where it does not fit what stands"
)

// Change says what a change of a key does to a stack that stands.
type Change struct {
	// Does are the effects; which of them depends on the value and on the stage.
	Does []Effect
	// Way is the way that works where a change is refused or leaves what stands.
	Way string
}

// Text is the change as the documentation shows it.
func (c Change) Text() string {
	var list []string
	for _, e := range c.Does {
		list = append(list, string(e))
	}
	text := strings.Join(list, "; ")
	if c.Way != "" {
		text += ": " + c.Way
	}
	return text
}

func does(effects ...Effect) Change { return Change{Does: effects} }

func (c Change) way(text string) Change { c.Way = text; return c }

// stays and smaller are the ways around what a cloud does not do to what stands.
const (
	stays = "a server or NAT instance that runs keeps its image; a new one has the setting's, and the running one is " +
		"kept current by its package manager"
	smaller = "no disk becomes smaller: copy the data into another database or stack"
)

// changes is what a change of each key does. A test of the stages holds it against
// their plans.
var changes = map[string]Change{
	"stage": does(InPlace, Asks, Refused).
		way("from stage 3 on the server of stages 1 and 2 stays beside the database only with rung:handover pending, which " +
			"rung up sets by itself"),
	"domain":                does(InPlace, Anew, Asks),
	"hostedZone":            does(Anew, Asks),
	"domainDelegated":       does(Nowhere),
	"dnsTtlSeconds":         does(InPlace),
	"cdn":                   does(InPlace, Asks),
	"cloudflareZone":        does(InPlace, Anew),
	"regions":               does(InPlace, Asks, Refused).way("home stays the first: make another stack, or add regions from stage 5 on"),
	"zones":                 does(InPlace),
	"users":                 does(Nowhere),
	"peakRequestsPerSecond": does(InPlace),
	"budget":                does(InPlace),
	"artifact":              does(InPlace, Anew),
	"app": does(InPlace, Refused).
		way("a server of stages 1 and 2 keeps the port that it was set up with, and so must the app; of the health path, " +
			"which it keeps too, the preview tells"),
	"ami":         does(InPlace, Later).way(stays),
	"alertEmail":  does(InPlace, Anew),
	"nat":         does(InPlace),
	"flowLogs":    does(InPlace),
	"maintenance": does(InPlace),

	"deploy.canaryPercent": does(InPlace),
	"deploy.bakeSeconds":   does(InPlace),
	"deploy.ungated":       does(InPlace),

	"server.instanceType":            does(InPlace),
	"server.dataGiB":                 does(InPlace, Refused).way(smaller),
	"web.instanceTypes":              does(InPlace),
	"web.min":                        does(InPlace, Later).way("where rung:web.schedules set the minimum, it follows them: change the min of the schedules"),
	"web.max":                        does(InPlace),
	"web.spotShare":                  does(InPlace),
	"web.predictive":                 does(InPlace),
	"web.schedules":                  does(InPlace),
	"workers.instanceTypes":          does(InPlace),
	"workers.min":                    does(InPlace),
	"workers.max":                    does(InPlace),
	"workers.spotShare":              does(InPlace),
	"workers.acceptableDelaySeconds": does(InPlace),
	"workers.secondsPerJob":          does(InPlace),
	"balancer.algorithm":             does(InPlace),
	"balancer.stickySeconds":         does(InPlace),
	"balancer.slowStartSeconds":      does(InPlace),
	"reservedInstances":              does(InPlace),
	"commitment":                     does(Nowhere),

	"database.class":        does(InPlace),
	"database.replicaClass": does(InPlace),
	"database.storageGiB":   does(InPlace, Refused).way(smaller),
	"database.multiAz":      does(InPlace),
	"database.replicas":     does(InPlace, Asks),
	"database.backupDays":   does(InPlace),
	"database.version":      does(InPlace, Anew, Refused).way("no database goes back to an older PostgreSQL: restore a dump into another stack"),
	"cache.engine":          does(InPlace, Anew, Asks),
	"cache.nodeType":        does(InPlace),
	"cache.replicas":        does(InPlace),
	"cache.clusterMode":     does(InPlace, Refused).way("one step at a time, disabled, compatible, enabled, and none back"),
	"cache.shards":          does(InPlace),
	"handover":              does(InPlace, Asks),
	"policy":                does(Nowhere),
	"confirmDataLoss":       does(InPlace),

	"services.weights":         does(InPlace),
	"services.api":             does(InPlace),
	"services.instanceTypes":   does(InPlace),
	"services.min":             does(InPlace),
	"services.max":             does(InPlace),
	"services.spotShare":       does(InPlace),
	"database.proxy":           does(InPlace),
	"usersDatabase.class":      does(InPlace),
	"usersDatabase.storageGiB": does(InPlace, Refused).way(smaller),
	"usersDatabase.replicas":   does(InPlace, Asks),
	"search.instanceType":      does(InPlace),
	"search.instances":         does(InPlace),
	"search.masterType":        does(InPlace),
	"search.masters":           does(InPlace),
	"search.storageGiB":        does(InPlace),
	"firewall.requests":        does(InPlace),
	"firewall.onlyCount":       does(InPlace),

	"database.shards":         does(InPlace, Refused).way("each shard holds the data of its users: never fewer than there were"),
	"database.writeRegion":    does(InPlace),
	"database.backupRegion":   does(InPlace),
	"database.backupCopyDays": does(Anew),
	"database.global":         does(InPlace),
	"network.link":            does(InPlace),
	"network.ranges":          does(Refused).way("a network that stands keeps its range: give one before its region is added"),
	"traffic.routing":         does(InPlace),
	"traffic.held":            does(InPlace),
	"cloudflareAccount":       does(InPlace, Anew),

	"edge.code":             does(InPlace),
	"edge.cacheGuard":       does(InPlace),
	"edge.experiment":       does(InPlace),
	"edge.blockedCountries": does(InPlace),
	"edge.varyCountries":    does(InPlace),
	"edge.apiKeys":          does(InPlace),
	"edge.apiKeyPaths":      does(InPlace),
	"edge.redirects":        does(InPlace),
	"originShield":          does(InPlace),
	"capacityReservations":  does(InPlace),
	"placementPartitions":   does(InPlace, Anew),
}
