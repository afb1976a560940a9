package record

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/cdnpolicy"
	"github.com/rung-dev/rung/region"
	"github.com/rung-dev/rung/resource/token"
)

// defaultCall answers the functions that programs of rung call. An unknown one
// is an error: a made-up answer would hide a mistake.
func defaultCall(token string, args resource.PropertyMap, region string) (resource.PropertyMap, error) {
	answer, ok := calls[token]
	if !ok {
		return nil, fmt.Errorf("call %s: record has no answer for this function; give one with record.Call", token)
	}
	result := answer(Plain(args), region)
	if result == nil {
		return nil, fmt.Errorf("call %s: record does not know %v; give an answer with record.Call", token, Plain(args))
	}
	return resource.NewPropertyMapFromMap(result), nil
}

type fields = map[string]any

// calls maps a function's token to its answer; nil when the arguments ask for
// something that AWS does not have.
var calls = map[string]func(args fields, region string) fields{
	token.AWSGetCallerIdentity: func(fields, string) fields {
		return fields{"id": account, "accountId": account, "arn": "arn:aws:iam::" + account + ":user/rung",
			"userId": "AIDAEXAMPLE"}
	},
	token.AWSGetRegion: func(args fields, region string) fields {
		if name, ok := args["name"].(string); ok && name != "" {
			region = name
		}
		return fields{"id": region, "name": region, "region": region, "description": region,
			"endpoint": "ec2." + region + ".amazonaws.com"}
	},
	token.AWSGetPartition: func(fields, string) fields {
		return fields{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
	},
	token.AWSGetAvailabilityZones: zones,
	token.EC2GetAmi: func(_ fields, region string) fields {
		return fields{"id": imageID("ami " + region), "architecture": "arm64", "name": "al2023-ami",
			"rootDeviceName": "/dev/xvda"}
	},
	token.SSMGetParameter: parameter,
	token.EC2GetManagedPrefixList: func(args fields, region string) fields {
		return fields{"id": "pl-" + digest(fmt.Sprint(args["name"]), 8), "name": args["name"],
			"arn": "arn:aws:ec2:" + region + ":aws:prefix-list/pl-" +
				digest(fmt.Sprint(args["name"]), 8), "maxEntries": 55, "version": 1, "addressFamily": "IPv4", "ownerId": "AWS"}
	},
	token.EC2GetPrefixList: func(args fields, _ string) fields {
		return fields{"id": "pl-" + digest(fmt.Sprint(args["name"]), 8), "name": args["name"],
			"cidrBlocks": []any{"203.0.113.0/24"}}
	},
	token.IAMGetPolicyDocument: policyDocument,
	token.IAMGetRoles: func(args fields, _ string) fields { // none of those that the program does not make
		return fields{"id": account, "arns": []any{}, "names": []any{}, "pathPrefix": args["pathPrefix"]}
	},
	token.Route53GetZone: func(args fields, _ string) fields {
		id := "Z" + strings.ToUpper(digest(fmt.Sprint(args["name"]), 20))
		return fields{"id": id, "zoneId": id, "name": args["name"],
			"nameServers": []any{"ns-1.awsdns-01.com", "ns-2.awsdns-02.net"}}
	},
	token.CloudFrontGetCachePolicy:           managedPolicy(cdnpolicy.CachePolicies),
	token.CloudFrontGetOriginRequestPolicy:   managedPolicy(cdnpolicy.OriginRequestPolicies),
	token.CloudFrontGetResponseHeadersPolicy: managedPolicy(cdnpolicy.ResponseHeadersPolicies),
	token.CloudFrontGetLogDeliveryCanonicalUserId: func(fields, string) fields {
		// AWS's, the same for everyone
		return fields{"id": "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"}
	},
	token.ELBGetServiceAccount: func(_ fields, name string) fields {
		r, _ := region.Get(name)
		return fields{"id": r.BalancerAccount, "arn": "arn:aws:iam::" + r.BalancerAccount + ":root", "region": name}
	},
	token.RDSGetEngineVersion: func(args fields, _ string) fields {
		return fields{"engine": args["engine"], "version": args["version"], "versionActual": args["version"],
			"parameterGroupFamily": args["parameterGroupFamily"]}
	},
}

func zones(_ fields, name string) fields {
	r, _ := region.Get(name)
	var names, ids []any
	for i, zone := range r.AllZones() {
		names = append(names, zone)
		ids = append(ids, fmt.Sprintf("%s-az%d", r.Code, i+1))
	}
	return fields{"id": name, "names": names, "zoneIds": ids, "groupNames": []any{name}}
}

func parameter(args fields, region string) fields {
	name := fmt.Sprint(args["name"])
	value := "value of " + name
	if strings.Contains(name, "ami") {
		value = imageID(name + region)
	}
	return fields{
		"id": name, "name": name, "value": value, "insecureValue": value, "type": "String", "version": 1,
		"arn": "arn:aws:ssm:" + region + "::parameter" + name,
	}
}

func imageID(seed string) string { return "ami-" + digest(seed, 17) }

func managedPolicy(known map[string]string) func(fields, string) fields {
	return func(args fields, _ string) fields {
		name := fmt.Sprint(args["name"])
		id := cmp.Or(known[name], known["Managed-"+name])
		if id == "" {
			return nil
		}
		return fields{"id": id, "name": name, "etag": "E" + strings.ToUpper(digest(name, 13))}
	}
}

// policyDocument renders statements as IAM JSON, in the order given.
func policyDocument(args fields, _ string) fields {
	var statements []any
	list, _ := args["statements"].([]any)
	for _, s := range list {
		if m, ok := s.(fields); ok {
			statements = append(statements, statement(m))
		}
	}
	doc, err := json.Marshal(fields{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		doc = []byte("{}")
	}
	return fields{"id": digest(string(doc), 10), "json": string(doc), "minifiedJson": string(doc)}
}

// statement turns Pulumi's spelling of a statement into IAM's.
func statement(m fields) fields {
	out := fields{"Effect": "Allow"}
	for from, to := range map[string]string{
		"sid": "Sid", "effect": "Effect", "actions": "Action", "notActions": "NotAction",
		"resources": "Resource", "notResources": "NotResource",
	} {
		if v, ok := m[from]; ok {
			out[to] = v
		}
	}
	if p := principals(m["principals"]); len(p) > 0 {
		out["Principal"] = p
	}
	if c := conditions(m["conditions"]); len(c) > 0 {
		out["Condition"] = c
	}
	return out
}

func principals(v any) fields {
	out := fields{}
	list, _ := v.([]any)
	for _, e := range list {
		if m, ok := e.(fields); ok {
			out[fmt.Sprint(m["type"])] = m["identifiers"]
		}
	}
	return out
}

func conditions(v any) fields {
	out := fields{}
	list, _ := v.([]any)
	for _, e := range list {
		m, ok := e.(fields)
		if !ok {
			continue
		}
		test, _ := out[fmt.Sprint(m["test"])].(fields)
		if test == nil {
			test = fields{}
			out[fmt.Sprint(m["test"])] = test
		}
		test[fmt.Sprint(m["variable"])] = m["values"]
	}
	return out
}

// digest is n hex digits that are the same for the same seed.
func digest(seed string, n int) string {
	sum := sha256.Sum256([]byte(seed))
	return hex.EncodeToString(sum[:])[:n]
}
