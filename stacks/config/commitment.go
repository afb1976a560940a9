package config

import "github.com/shopspring/decimal"

// Commitment is for how long the machines that always run are committed to, as
// a savings plan or as reservations.
type Commitment string

const (
	NoCommitment Commitment = "none"
	OneYear      Commitment = "one-year"
	ThreeYears   Commitment = "three-years"
)

// Reserved are the instances that reservations or savings plans cover, by
// type: those that the user names, else, with a commitment, the baseline, which
// is what runs at the quietest hour in all regions.
func (c Config) Reserved() map[string]int {
	if len(c.ReservedInstances) > 0 || c.Commitment == NoCommitment || c.Stage < 3 {
		return c.ReservedInstances
	}
	cells := len(c.Regions)
	baseline := map[string]int{}
	for _, f := range []Fleet{c.Web, c.Workers.Fleet} {
		if len(f.InstanceTypes) > 0 && f.Min > 0 {
			baseline[f.InstanceTypes[0]] += f.Min * cells
		}
	}
	family := func(count int, class, replicaClass string, replicas int) {
		baseline[class] += count * cells // the primary, and the first copy in each further region
		baseline[replicaClass] += count * (replicas + (cells-1)*max(0, replicas-1))
	}
	family(c.Database.Shards, c.Database.Class, c.replicaClass(), c.Database.Replicas)
	if c.Stage >= 4 {
		class, replicaClass := c.usersClasses()
		family(1, class, replicaClass, c.UsersReplicas())
	}
	baseline[c.Cache.NodeType] += c.Cache.Shards * (1 + c.Cache.Replicas) * cells
	return baseline
}

func (c Config) replicaClass() string {
	if c.Database.ReplicaClass == "" {
		return c.Database.Class
	}
	return c.Database.ReplicaClass
}

// ReservedDiscount is what the commitment saves, 0 to 1. Zero leaves it to the
// estimate, which knows what a year saves for each service.
func (c Config) ReservedDiscount() decimal.Decimal {
	if c.Commitment == ThreeYears {
		return decimal.New(60, -2) // "The Scalability Toolkit": 1 year 40 %, 3 years 60 %
	}
	return decimal.Zero
}
