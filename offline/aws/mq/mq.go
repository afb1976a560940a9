// Package mq simulates Amazon MQ: brokers of ActiveMQ and RabbitMQ and their configurations. No
// message passes through them.
package mq

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/check"
	"github.com/rung-dev/rung/offline/aws/internal/place"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	invalid = "BadRequestException"
	taken   = "ConflictException"
	rabbit  = "RABBITMQ"
)

// Kinds is the table of Amazon MQ.
func Kinds() []sim.Kind { return []sim.Kind{broker(), configuration()} }

var engines = []string{"ActiveMQ", "RabbitMQ", "ACTIVEMQ", "RABBITMQ"}

func isRabbit(in sim.Props) bool { return strings.EqualFold(in.Str("engineType"), rabbit) }

func broker() sim.Kind {
	return sim.Kind{
		Token: token.MQBroker, Service: "mq", API: "Broker", Noun: "MQ Broker", Verbs: map[sim.Verb]string{sim.Update: "UpdateBroker"},
		Name: &sim.Name{Property: "brokerName", Auto: true, Max: 50, Taken: taken, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[0-9A-Za-z_-]+$`), Want: "letters, digits, hyphens and underscores",
		}},
		Required: []string{"users"},
		Defaults: sim.Props{
			"applyImmediately": false, "autoMinorVersionUpgrade": false, "deploymentMode": "SINGLE_INSTANCE", "publiclyAccessible": false,
			"encryptionOptions.useAwsOwnedKey": true, "users.consoleAccess": false, "users.replicationUser": false,
		},
		Enums: map[string][]string{
			"engineType": engines, "deploymentMode": {"SINGLE_INSTANCE", "ACTIVE_STANDBY_MULTI_AZ", "CLUSTER_MULTI_AZ"},
			"storageType": {"ebs", "efs", "EBS", "EFS"}, "authenticationStrategy": {"simple", "ldap", "SIMPLE", "LDAP"},
			"maintenanceWindowStartTime.dayOfWeek": {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"},
		},
		Patterns: map[string]sim.Pattern{"hostInstanceType": {
			Match: regexp.MustCompile(`^mq\.[a-z0-9]+\.(micro|small|medium|large|\d*xlarge)$`), Want: "a size such as mq.m7g.large",
		}},
		Lengths: map[string]sim.Range{"users.username": {Min: 2, Max: 100}},
		Checks:  []sim.Check{passwordForm, ofEngine},
		ReplaceOn: []string{
			"brokerName", "dataReplicationPrimaryBrokerArn", "deploymentMode", "encryptionOptions", "engineType",
			"ldapServerMetadata",
			"publiclyAccessible", "subnetIds",
		},
		// Users of RabbitMQ are made with the broker, and are its own business from then on.
		Ignore: func(_, now sim.Props) []string {
			if isRabbit(now) {
				return []string{"users"}
			}
			return nil
		},
		Sets: []string{"users"}, Secrets: []string{"users"},
		ID: func(o *sim.Op) string { return "b-" + o.UUID("broker") }, Outputs: brokerOutputs,
		Refs: []sim.Ref{
			refer.Subnet("subnetIds"), refer.SecurityGroupOr("securityGroups", invalid),
			refer.Key("encryptionOptions.kmsKeyId", invalid),
			{Path: "configuration.id", To: []sim.Target{{Token: token.MQConfiguration}}, Missing: "NotFoundException"},
		},
		Rules: sim.Many(sim.Create|sim.Update, subnetsFit, configurationFits),
		Quota: &sim.Quota{Key: "mq.brokers", Default: 50, Code: "ForbiddenException"},
	}
}

// passwordForm is the provider's own check, made in previews too.
func passwordForm(in sim.Props) (wrong []sim.Failure) {
	for i, u := range in.Maps("users") {
		text := u.Str("password")
		if !u.Known("password") {
			continue
		}
		kinds := map[rune]bool{}
		for _, r := range text {
			kinds[r] = true
		}
		if len(text) < 12 || len(text) > 250 || len(kinds) < 4 || strings.ContainsAny(text, ",:=") {
			wrong = append(wrong, check.Wrong(fmt.Sprintf("users[%d].password", i),
				"want 12 to 250 characters, four of them different, and none of , : =")...)
		}
	}
	return wrong
}

// ofEngine: which deployments and logs an engine has.
func ofEngine(in sim.Props) []sim.Failure {
	mode := in.Str("deploymentMode")
	switch {
	case isRabbit(in) && mode == "ACTIVE_STANDBY_MULTI_AZ":
		return check.Wrong("deploymentMode", "RabbitMQ has SINGLE_INSTANCE and CLUSTER_MULTI_AZ")
	case !isRabbit(in) && mode == "CLUSTER_MULTI_AZ":
		return check.Wrong("deploymentMode", "ActiveMQ has SINGLE_INSTANCE and ACTIVE_STANDBY_MULTI_AZ")
	case isRabbit(in) && in.Bool("logs.audit"):
		return check.Wrong("logs.audit", "can not be configured when the engine is RabbitMQ")
	case isRabbit(in) && len(in.Maps("users")) > 1:
		return check.Wrong("users", "RabbitMQ takes one user here; it makes the others itself")
	}
	return nil
}

// subnetsFit: how many subnets a deployment wants, each of a zone of its own (MQ API, CreateBroker).
// The wording is from memory.
func subnetsFit(o *sim.Op) error {
	subnets, mode := o.In.Strs("subnetIds"), o.In.Str("deploymentMode")
	if len(subnets) == 0 {
		return nil
	}
	least, most := 1, 1
	switch mode {
	case "ACTIVE_STANDBY_MULTI_AZ":
		least, most = 2, 2
	case "CLUSTER_MULTI_AZ":
		least, most = 1, 4
	}
	if n := len(subnets); n < least || n > most {
		return sim.Refuse(invalid, fmt.Sprintf("Deployment mode [%s] requires %d to %d subnets, got %d", mode, least,
			most, n),
			"Give as many subnets.")
	}
	if mode == "ACTIVE_STANDBY_MULTI_AZ" && len(place.ZonesOfSubnets(o, subnets)) < 2 {
		return sim.Refuse(invalid, "The subnets must be in different Availability Zones", "Give subnets of two zones.")
	}
	return nil
}

func configurationFits(o *sim.Op) error {
	config, ok := o.Find(token.MQConfiguration, o.In.Str("configuration.id"))
	switch n := o.In.Int("configuration.revision"); {
	case !ok:
		return nil
	case !strings.EqualFold(config.Str("engineType"), o.In.Str("engineType")):
		return sim.Refuse(invalid, "Configuration engine type does not match the broker's",
			"Give one of "+o.In.Str("engineType")+".")
	case n > config.Int("latestRevision"):
		return sim.Refuse("NotFoundException", fmt.Sprintf("Can't find requested configuration revision [%d]", n),
			"Take its latestRevision.")
	}
	return nil
}

func brokerOutputs(o *sim.Op) sim.Props {
	n, console := 1, 8162
	if o.In.Str("deploymentMode") == "ACTIVE_STANDBY_MULTI_AZ" {
		n = 2
	}
	out := sim.Props{
		"arn": o.ARN("mq", "broker:"+o.NameOf()+":"+o.ID), "authenticationStrategy": "simple", "dataReplicationMode": "NONE",
		"pendingDataReplicationMode": "", "storageType": "efs", "securityGroups": []any{}, "subnetIds": []any{},
		"configuration":              map[string]any{"id": "c-" + o.UUID("configuration"), "revision": 1},
		"configuration.revision":     1,
		"maintenanceWindowStartTime": map[string]any{"dayOfWeek": "SUNDAY", "timeOfDay": "02:00", "timeZone": "UTC"},
	}
	var all []any
	for i := range n {
		host := fmt.Sprintf("%s-%d.mq.%s.on.aws", o.ID, i+1, o.Region)
		ends := []string{"ssl://" + host + ":61617", "amqp+ssl://" + host + ":5671", "stomp+ssl://" + host + ":61614",
			"mqtt+ssl://" + host + ":8883", "wss://" + host + ":61619"}
		if isRabbit(o.In) {
			host, console = o.ID+".mq."+o.Region+".on.aws", 443
			ends, out["storageType"] = []string{"amqps://" + host + ":5671"}, "ebs"
		}
		all = append(all, map[string]any{"consoleUrl": fmt.Sprintf("https://%s:%d", host, console),
			"endpoints": sim.List(ends...),
			"ipAddress": place.HostIn(o, first(o.In.Strs("subnetIds"), i), "broker")})
	}
	out["instances"] = all
	return out
}

func first(list []string, i int) string {
	if len(list) == 0 {
		return ""
	}
	return list[min(i, len(list)-1)]
}

func configuration() sim.Kind {
	return sim.Kind{
		Token: token.MQConfiguration, Service: "mq", API: "Configuration", Noun: "MQ Configuration",
		Verbs:  map[sim.Verb]string{sim.Update: "UpdateConfiguration", sim.Delete: "DeleteConfiguration"},
		Name:   &sim.Name{Auto: true, Max: 150, Taken: taken},
		Enums:  map[string][]string{"engineType": engines, "authenticationStrategy": {"simple", "ldap", "SIMPLE", "LDAP"}},
		Checks: []sim.Check{dataForm}, ReplaceOn: []string{"engineType", "engineVersion", "name"},
		ID: func(o *sim.Op) string { return "c-" + o.UUID("configuration") },
		Outputs: func(o *sim.Op) sim.Props {
			n := o.Old.Int("latestRevision")
			if o.Old == nil || o.Changed("data") || o.Changed("description") {
				n++
			}
			return sim.Props{"arn": o.ARN("mq", "configuration:"+o.ID), "latestRevision": n, "authenticationStrategy": "simple"}
		},
		Changing: func(o *sim.Op) []string {
			if o.Changed("data") || o.Changed("description") {
				return []string{"latestRevision"}
			}
			return nil
		},
	}
}

// dataForm: ActiveMQ has a document of XML, RabbitMQ lines of Cuttlefish.
func dataForm(in sim.Props) []sim.Failure {
	text := strings.TrimSpace(in.Str("data"))
	if !in.Known("data") || !slices.Contains(engines, in.Str("engineType")) ||
		strings.HasPrefix(text, "<") != isRabbit(in) {
		return nil
	}
	return check.Wrong("data", "want XML for ActiveMQ and lines of name = value for RabbitMQ")
}
