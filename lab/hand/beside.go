package hand

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rung-dev/rung/lab/cloud"
	"github.com/rung-dev/rung/lab/ledger"
	"github.com/rung-dev/rung/lab/machines"
	"github.com/rung-dev/rung/lab/redis"
	"github.com/rung-dev/rung/lab/services"
	"github.com/rung-dev/rung/lab/site"
	"github.com/rung-dev/rung/resource/token"
)

// Beside is what a climb from a single server carries beside the rows.
type Beside struct {
	// FromRedis and ToRedis are the URLs of the server's own Redis and of the stage's, CA
	// the file of the authority that the latter is believed by. ToRedis is empty below
	// stage 3; where the cache is a cluster, it is one of its nodes.
	FromRedis, ToRedis, CA string
	// FromFiles is the server's directory of uploads, ToFiles the stage's bucket as
	// s3://bucket, which Cloud is the environment to reach. Empty below stage 3.
	FromFiles, ToFiles string
	Cloud              map[string]string
}

// beside finds it, by the servers that are caches and serve.
func (h *Hand) beside(c cloud.Cloud, led *ledger.Ledger, caches map[string]bool) Beside {
	b := Beside{CA: site.Site{Dir: h.at.Dir}.CA()}
	for _, r := range c.All(token.EC2Instance) {
		if p, runs := led.Processes[r.ID+machines.OwnCache]; runs && caches[r.ID+machines.OwnCache] {
			b.FromRedis = cacheURL("redis", "", p.Address)
			b.FromFiles = machines.Uploads(filepath.Dir(p.Dir))
		}
	}
	for _, r := range c.All(token.ElastiCacheReplicationGroup) {
		for _, name := range slices.Sorted(maps.Keys(led.Processes)) {
			if !caches[name] || !strings.HasPrefix(name, r.ID+"/") || b.ToRedis != "" {
				continue
			}
			scheme := "redis"
			if r.Bool("transitEncryptionEnabled") {
				scheme = "rediss"
			}
			b.ToRedis = cacheURL(scheme, r.Str("authToken"), led.Processes[name].Address)
		}
	}
	aws, runs := led.Processes[services.Unit]
	for _, r := range c.All(token.S3BucketV2) {
		if !runs || !strings.Contains(r.ID, "uploads") || b.ToFiles != "" {
			continue
		}
		key := services.Identity(h.at.Secret)
		b.ToFiles, b.Cloud = "s3://"+r.ID, map[string]string{"AWS_REGION": r.Region,
			"AWS_ENDPOINT_URL":  "http://" + net.JoinHostPort(aws.Address, strconv.Itoa(services.Port)),
			"AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1], "AWS_SESSION_TOKEN": ""}
	}
	return b
}

func cacheURL(scheme, token, address string) string {
	u := url.URL{Scheme: scheme, Host: net.JoinHostPort(address, fmt.Sprint(redis.Port)), Path: "/0"}
	if token != "" {
		u.User = url.UserPassword("", token)
	}
	return u.String()
}
