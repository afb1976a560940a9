package record

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// account is AWS's own example account number.
const account = "123456789012"

// made is what the made-up outputs of one resource are derived from.
type made struct {
	in           resource.PropertyMap
	region, hash string // hash: 32 hex digits of the URN, the same on every run
	name         string // physical name: the input's, or automatic
	service      string // the service part of an ARN
	kind         string // the resource part of an ARN
}

// hex returns n hex digits; at most 32.
func (m made) hex(n int) string { return m.hash[:min(n, len(m.hash))] }

// upper returns n of the characters that AWS uses in Z… and E… ids.
func (m made) upper(n int) string { return strings.ToUpper(m.hex(n)) }

func (m made) arn(rest string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", m.service, m.region, account, rest)
}

func (m made) str(key string) string {
	v := m.in[resource.PropertyKey(key)]
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	if !v.IsString() {
		return ""
	}
	return v.StringValue()
}

func (m made) number(key string, or float64) float64 {
	if v := m.in[resource.PropertyKey(key)]; v.IsNumber() {
		return v.NumberValue()
	}
	return or
}

// ip is an address of a documentation range (RFC 5737), so that it never is someone's.
func (m made) ip(prefix string) string {
	n, _ := strconv.ParseUint(m.hex(2), 16, 8)
	return fmt.Sprintf("%s.%d", prefix, 1+n%254)
}

// outputs are computed properties; "id" is the physical id.
type outputs map[string]any

// defaultOutputs is the id and the computed properties of a resource: what every
// type has, and what the type's own row adds.
func defaultOutputs(r Resource, in resource.PropertyMap) (string, resource.PropertyMap) {
	m := describe(r, in)
	out := outputs{"id": m.name, "name": m.name, "arn": m.arn(m.kind + "/" + m.name)}
	if tags, ok := in["tags"]; ok {
		out["tagsAll"] = tags
	}
	if prefix, ok := prefixedIDs[r.Type]; ok {
		id := prefix + m.hex(17)
		out["id"], out["arn"] = id, m.arn(m.kind+"/"+id)
	}
	if own := ownRow(r.Type); own != nil {
		for k, v := range own(m) {
			out[k] = v
		}
	}
	id := fmt.Sprint(out["id"])
	delete(out, "id")
	computed := resource.PropertyMap{}
	for k, v := range out {
		computed[resource.PropertyKey(k)] = property(v)
	}
	return id, computed
}

// ownRow finds a type's row in the table of its provider.
func ownRow(typ string) func(made) outputs {
	for _, table := range []map[string]func(made) outputs{awsOutputs, otherOutputs} {
		if row := table[typ]; row != nil {
			return row
		}
	}
	return nil
}

func property(v any) resource.PropertyValue {
	if p, ok := v.(resource.PropertyValue); ok {
		return p
	}
	return resource.NewPropertyValue(v)
}

// arnServices are the modules whose service has another name in ARNs.
var arnServices = map[string]string{
	"ebs": "ec2", "vpc": "ec2", "lb": "elasticloadbalancing", "alb": "elasticloadbalancing",
	"cfg": "config", "opensearch": "es",
}

func describe(r Resource, in resource.PropertyMap) made {
	m := made{in: in, region: r.Region, hash: digest(r.URN, 32)}
	module := ""
	if parts := strings.SplitN(r.Type, ":", 3); len(parts) == 3 {
		module, m.kind, _ = strings.Cut(parts[1], "/")
	}
	if m.service = module; arnServices[module] != "" {
		m.service = arnServices[module]
	}
	m.kind = strings.ToLower(m.kind)
	m.name = m.physicalName(r.Name)
	return m
}

// physicalName is the given name, or an automatic one as Pulumi's providers and
// AWS prefixes make it.
func (m made) physicalName(logical string) string {
	for _, key := range []string{"name", "identifier", "clusterIdentifier", "replicationGroupId", "bucket"} {
		if given := m.str(key); given != "" {
			return given
		}
	}
	for _, key := range []string{"namePrefix", "identifierPrefix", "bucketPrefix"} {
		if prefix := m.str(key); prefix != "" {
			return prefix + m.hex(7)
		}
	}
	return logical + "-" + m.hex(7)
}
