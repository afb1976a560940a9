// Package msk simulates Managed Streaming for Apache Kafka: clusters of brokers and their
// configurations. There is no Kafka in them.
package msk

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	service = "Kafka"
	invalid = "BadRequestException"
	taken   = "ConflictException"
)

// Kinds is the table of MSK.
func Kinds() []sim.Kind { return []sim.Kind{cluster(), configuration()} }

// brokerType is the form of the sizes of brokers. Which there are is not looked at.
var brokerType = sim.Pattern{
	Match: regexp.MustCompile(`^(kafka|express)\.[a-z0-9]+\.\d*(small|large|xlarge)$`), Want: "a size such as kafka.m7g.large",
}

func cluster() sim.Kind {
	const nodes, transit = "brokerNodeGroupInfo.", "encryptionInfo.encryptionInTransit."
	return sim.Kind{
		Token: token.MSKCluster, Service: service, API: "Cluster", Noun: "MSK Cluster",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateBrokerCount"},
		Name:  &sim.Name{Property: "clusterName", Auto: true, Max: 64, Taken: taken},
		Defaults: sim.Props{"enhancedMonitoring": "DEFAULT", nodes + "azDistribution": "DEFAULT", transit + "clientBroker": "TLS",
			transit + "inCluster": true},
		Checks: []sim.Check{nodesPlaced},
		Enums: map[string][]string{
			"enhancedMonitoring": {"DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER", "PER_TOPIC_PER_PARTITION"},
			"storageMode":        {"LOCAL", "TIERED"}, nodes + "azDistribution": {"DEFAULT"},
			transit + "clientBroker":                     {"TLS", "TLS_PLAINTEXT", "PLAINTEXT"},
			nodes + "connectivityInfo.publicAccess.type": {"DISABLED", "SERVICE_PROVIDED_EIPS"},
		},
		Ranges:   map[string]sim.Range{nodes + "storageInfo.ebsStorageInfo.volumeSize": {Min: 1, Max: 16384}},
		Patterns: map[string]sim.Pattern{nodes + "instanceType": brokerType},
		ReplaceOn: []string{
			"clusterName", nodes + "azDistribution", nodes + "clientSubnets", nodes + "securityGroups",
			"encryptionInfo.encryptionAtRestKmsKeyArn", transit + "inCluster",
		},
		ReplaceWhen: func(old, now sim.Props) []string {
			if old.Str("kafkaVersion") > now.Str("kafkaVersion") {
				return []string{"kafkaVersion"}
			}
			return nil
		},
		ID: clusterARN, Outputs: clusterOutputs,
		Changing: func(o *sim.Op) []string {
			if o.Changed("numberOfBrokerNodes") || o.Changed("clientAuthentication") || o.Changed("encryptionInfo") {
				return []string{"bootstrapBrokers", "bootstrapBrokersTls", "bootstrapBrokersSaslIam", "bootstrapBrokersSaslScram"}
			}
			return nil
		},
		Refs: []sim.Ref{
			refer.Subnet(nodes + "clientSubnets"), refer.SecurityGroupOr(nodes+"securityGroups", invalid),
			refer.Key("encryptionInfo.encryptionAtRestKmsKeyArn", invalid),
			{Path: "configurationInfo.arn", To: []sim.Target{{Token: token.MSKConfiguration, By: "arn"}}, Missing: "NotFoundException", InUse: invalid},
			refer.LogGroup("loggingInfo.brokerLogs.cloudwatchLogs.logGroup", invalid),
		},
		Rules: append(sim.Many(sim.Create|sim.Update, brokersEven, revisionStands), sim.Many(sim.Update, growsOnly)...),
	}
}

// nodesPlaced is the provider's own check, made in previews too.
func nodesPlaced(in sim.Props) (wrong []sim.Failure) {
	for _, key := range []string{"clientSubnets", "securityGroups"} {
		if in.Known("brokerNodeGroupInfo") && !in.Map("brokerNodeGroupInfo").Has(key) {
			wrong = append(wrong, check.Wrong("brokerNodeGroupInfo."+key, "missing required property")...)
		}
	}
	return wrong
}

func clusterARN(o *sim.Op) string {
	return o.ARN("kafka", "cluster/"+o.NameOf()+"/"+o.UUID("cluster")+"-1")
}

func clusterOutputs(o *sim.Op) sim.Props {
	broker := func(on bool, port int) string {
		if !on {
			return ""
		}
		var all []string
		for i := range min(o.In.Int("numberOfBrokerNodes"), 3) {
			all = append(all, fmt.Sprintf("b-%d.%s.%s.c1.kafka.%s.amazonaws.com:%d", i+1, strings.ToLower(o.NameOf()),
				o.Lower(6, "host"),
				o.Region, port))
		}
		return strings.Join(all, ",")
	}
	mode := cmp.Or(o.In.Str("encryptionInfo.encryptionInTransit.clientBroker"), "TLS")
	iam, scram := o.In.Bool("clientAuthentication.sasl.iam"), o.In.Bool("clientAuthentication.sasl.scram")
	open := !iam && !scram || o.In.Bool("clientAuthentication.unauthenticated") || o.In.Has("clientAuthentication.tls")
	keeper := "z-1." + strings.ToLower(o.NameOf()) + "." + o.Lower(6, "host") + ".c1.kafka." + o.Region + ".amazonaws.com:"
	return sim.Props{
		"arn": clusterARN(o), "clusterUuid": o.UUID("cluster") + "-1", "currentVersion": "K" + o.Upper(13, "version"),
		"bootstrapBrokers": broker(open && mode != "TLS", 9092), "bootstrapBrokersTls": broker(open && mode != "PLAINTEXT", 9094),
		"bootstrapBrokersSaslIam": broker(iam, 9098), "bootstrapBrokersSaslScram": broker(scram, 9096),
		"bootstrapBrokersPublicSaslIam": "", "bootstrapBrokersPublicSaslScram": "", "bootstrapBrokersPublicTls": "",
		"bootstrapBrokersVpcConnectivitySaslIam": "", "bootstrapBrokersVpcConnectivitySaslScram": "", "bootstrapBrokersVpcConnectivityTls": "",
		"zookeeperConnectString": keeper + "2181", "zookeeperConnectStringTls": keeper + "2182", "storageMode": "LOCAL",
		"encryptionInfo": map[string]any{
			"encryptionAtRestKmsKeyArn": o.ARN("kms", "key/"+made.Key(o, "kafka")),
			"encryptionInTransit":       map[string]any{"clientBroker": "TLS", "inCluster": true},
		},
		"encryptionInfo.encryptionAtRestKmsKeyArn": o.ARN("kms", "key/"+made.Key(o, "kafka")),
		"brokerNodeGroupInfo.storageInfo":          map[string]any{"ebsStorageInfo": map[string]any{"volumeSize": 1000}},
		"brokerNodeGroupInfo.connectivityInfo":     map[string]any{"publicAccess": map[string]any{"type": "DISABLED"}},
	}
}

// brokersEven: each subnet, of a zone of its own, has the same number of brokers (MSK API, CreateCluster).
func brokersEven(o *sim.Op) error {
	subnets, brokers := o.In.Strs("brokerNodeGroupInfo.clientSubnets"), o.In.Int("numberOfBrokerNodes")
	switch {
	case len(subnets) < 2 || len(subnets) > 3:
		return sim.Refuse(invalid, "Specify either two or three client subnets.", "Give one subnet of each zone.")
	case len(place.ZonesOfSubnets(o, subnets)) != len(subnets):
		return sim.Refuse(invalid, "The client subnets must be in different Availability Zones.",
			"Give one subnet of each zone.")
	case brokers < 1 || brokers%len(subnets) != 0:
		return sim.Refuse(invalid,
			"The number of broker nodes must be a multiple of Availability Zones in the client subnets.",
			fmt.Sprintf("Give %d, or a multiple of it.", len(subnets)))
	}
	return nil
}

// growsOnly: MSK takes no broker away (of the sizes that keep data on disks of their own).
func growsOnly(o *sim.Op) error {
	if before, now := o.Old.Int("numberOfBrokerNodes"), o.In.Int("numberOfBrokerNodes"); now < before {
		return sim.Refuse(invalid, fmt.Sprintf("The number of broker nodes cannot be decreased from %d to %d", before,
			now), "Keep them.")
	}
	before, now := o.Old.Int("brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize"),
		o.In.Int("brokerNodeGroupInfo.storageInfo.ebsStorageInfo.volumeSize")
	if now > 0 && now < before {
		return sim.Refuse(invalid, fmt.Sprintf("The target storage %d GiB must be larger than the current, %d GiB", now,
			before), "Disks only grow.")
	}
	return nil
}

func revisionStands(o *sim.Op) error {
	config, ok := o.FindBy(token.MSKConfiguration, "arn", o.In.Str("configurationInfo.arn"))
	if n := o.In.Int("configurationInfo.revision"); ok && (n < 1 || n > config.Int("latestRevision")) {
		return sim.Refuse("NotFoundException", fmt.Sprintf("The configuration has no revision %d", n),
			"Take latestRevision of the configuration.")
	}
	return nil
}

func configuration() sim.Kind {
	return sim.Kind{
		Token: token.MSKConfiguration, Service: service, API: "Configuration", Noun: "MSK Configuration",
		Verbs: map[sim.Verb]string{sim.Update: "UpdateConfiguration"},
		Name: &sim.Name{Auto: true, Max: 64, Taken: taken, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]*$`), Want: "letters, digits and hyphens",
		}},
		ReplaceOn: []string{"kafkaVersions", "name"},
		ID:        configurationARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": configurationARN(o), "latestRevision": nextRevision(o)}
		},
		Changing: func(o *sim.Op) []string {
			if revises(o) {
				return []string{"latestRevision"}
			}
			return nil
		},
		Rules: sim.Many(sim.Create|sim.Update, linesAreProperties),
	}
}

func configurationARN(o *sim.Op) string {
	return o.ARN("kafka", "configuration/"+o.NameOf()+"/"+o.UUID("configuration")+"-1")
}

func revises(o *sim.Op) bool { return o.Changed("serverProperties") || o.Changed("description") }

func nextRevision(o *sim.Op) int {
	n := o.Old.Int("latestRevision")
	if o.Old == nil || revises(o) {
		n++
	}
	return n
}

// linesAreProperties: the wording is from memory.
func linesAreProperties(o *sim.Op) error {
	for line := range strings.Lines(o.In.Str("serverProperties")) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !strings.Contains(line, "=") {
			return sim.Refuse(invalid, fmt.Sprintf("Invalid server properties: %q", line),
				"Write one name = value on each line.")
		}
	}
	return nil
}
