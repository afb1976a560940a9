package aws

import (
	"strings"
	"time"

	"github.com/rung-dev/rung/awswire"
	"github.com/rung-dev/rung/machine"
	"github.com/rung-dev/rung/operate"
)

// seriesOf are the metrics that tell of a part's load; none of a part of which AWS
// measures nothing that the advice goes by. The names are those of AWS's guides to
// EC2, RDS, ElastiCache, SQS, Application Load Balancer and CloudFront.
func seriesOf(p operate.Part, now time.Time) (all []series) {
	switch p.Kind {
	case operate.Server:
		return processors(p, "InstanceId")
	case operate.Fleet:
		return processors(p, "AutoScalingGroupName")
	case operate.Database:
		for _, id := range p.IDs {
			all = append(all, databases("DBInstanceIdentifier", id, p.Region, p.Classes[id])...)
		}
	case operate.Cluster:
		return databases("DBClusterIdentifier", p.IDs[0], p.Region, "")[:1]
	case operate.Cache:
		return hits(p)
	case operate.Queue:
		return waiting(p)
	case operate.Balancer:
		if p.Metric != "" {
			all = append(all, requests(p, "AWS/ApplicationELB", "RequestCount", p.Region, now,
				[2]string{"LoadBalancer", p.Metric}))
		}
	case operate.CDN:
		all = append(all, requests(p, "AWS/CloudFront", "Requests", awswire.Home, now,
			[2]string{"DistributionId", p.IDs[0]}, [2]string{"Region", "Global"}))
	}
	return all
}

func inPercent(key, what string) operate.Measure {
	return operate.Measure{Key: key, What: what, Unit: "%"}
}

// processors are those of machines: at their busiest, and over a week.
func processors(p operate.Part, dimension string) []series {
	s := series{"AWS/EC2", "CPUUtilization", "Average", [][2]string{{dimension, p.IDs[0]}}, p.Region, day,
		[]telling{{inPercent("serverCPUPercent", "CPU of "+p.Name), highest}}}
	long := s
	long.over, long.tells = week, []telling{{inPercent("averageCPUPercent", "mean CPU of "+p.Name+" over a week"), mean}}
	return []series{s, long}
}

// databases are the load of an instance, or of a cluster: the CPU first. A class whose
// memory the name does not say has no known number of connections.
func databases(dimension, id, region, class string) []series {
	of := func(name string, t telling) series {
		return series{"AWS/RDS", name, "Average", [][2]string{{dimension, id}}, region, day, []telling{t}}
	}
	all := []series{
		of("CPUUtilization", telling{inPercent("databaseCPUPercent", "CPU of "+id), highest}),
		of("WriteIOPS", telling{operate.Measure{Key: "databaseWritesPerSecond", What: "writes to the disk of " + id,
			Unit: "writes/s"}, highest}),
	}
	if most := machine.PostgreSQLConnections.Of(machine.DatabaseGiB(class)); most > 0 {
		all = append(all, of("DatabaseConnections", telling{
			inPercent("databaseConnectionsPercent", "connections in use of "+id),
			func(all []point) float64 { return 100 * highest(all) / float64(most) }}))
	}
	return all
}

// hits are the part of the lookups that a cache's nodes answered.
func hits(p operate.Part) (all []series) {
	for _, node := range p.Nodes {
		all = append(all, series{"AWS/ElastiCache", "CacheHitRate", "Average", [][2]string{{"CacheClusterId", node}},
			p.Region,
			day, []telling{{inPercent("cacheHitPercent", "lookups answered by "+node), mean}}})
	}
	return all
}

// waiting are the jobs of a queue that nobody works on yet; those that were given up are
// told by the part's health.
func waiting(p operate.Part) []series {
	if p.GivenUp() {
		return nil
	}
	name := p.IDs[0][strings.LastIndexByte(p.IDs[0], '/')+1:]
	return []series{{"AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", [][2]string{{"QueueName", name}},
		p.Region,
		day, []telling{{operate.Measure{Key: "queueLength", What: "jobs waiting in " + p.Name, Unit: "jobs"}, highest}}}}
}

// requests are the peak and the average of what came to a front door.
func requests(p operate.Part, namespace, name, region string, now time.Time, dimensions ...[2]string) series {
	rate := func(key, what string, of func([]point) float64) telling {
		return telling{operate.Measure{Key: key, What: what + p.Name, Unit: "requests/s"}, of}
	}
	return series{namespace, name, "Sum", dimensions, region, day, []telling{
		rate("peakRequestsPerSecond", "requests at ", day.peak),
		rate("averageRequestsPerSecond", "requests on average at ", day.rate(now)),
	}}
}
