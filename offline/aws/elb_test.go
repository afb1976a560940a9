package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// balancedNet is a VPC with a subnet in each of two zones, and a gateway if asked.
func balancedNet(c *simtest.Cloud, name, prefix string, public bool) (v *simtest.Resource, subnets []any) {
	v = c.Must(token.EC2Vpc, name, sim.Props{"cidrBlock": prefix + ".0.0/16"})
	if public {
		c.Must(token.EC2InternetGateway, name, sim.Props{"vpcId": v.ID})
	}
	for i, zone := range []string{"us-east-1a", "us-east-1b"} {
		s := c.Must(token.EC2Subnet, name+zone, sim.Props{
			"vpcId": v.ID, "cidrBlock": prefix + []string{".1.0/24", ".2.0/24"}[i], "availabilityZone": zone,
		})
		subnets = append(subnets, s.ID)
	}
	return v, subnets
}

// groupIn is a target group as the components make it.
func groupIn(v *simtest.Resource) sim.Props {
	return sim.Props{
		"namePrefix": "rung-", "vpcId": v.ID, "port": 8080.0, "protocol": "HTTP", "targetType": "instance",
		"healthCheck": map[string]any{"path": "/readyz", "interval": 10.0, "timeout": 5.0, "matcher": "200"},
		"stickiness":  map[string]any{"type": "lb_cookie", "enabled": false},
	}
}

func forward(group *simtest.Resource) []any {
	return []any{map[string]any{"type": "forward", "targetGroupArn": group.ID}}
}

var toHTTPS = []any{map[string]any{"type": "redirect",
	"redirect": map[string]any{"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}}

func TestLoadBalancerSettles(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	sg := c.Must(token.EC2SecurityGroup, "door", sim.Props{"vpcId": v.ID})
	lb := c.Settled(token.LBLoadBalancer, "alb",
		sim.Props{"namePrefix": "rung-", "subnets": subnets, "securityGroups": sim.List(sg.ID),
			"dropInvalidHeaderFields": true})
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/rung-[0-9a-f]{26}/[0-9a-f]{16}$`, lb.ID)
	assert.Equal(t, "app/"+lb.Str("name")+"/"+lb.ID[len(lb.ID)-16:], lb.Str("arnSuffix"))
	assert.Regexp(t, `^rung-[0-9a-f]{26}-\d{10}\.us-east-1\.elb\.amazonaws\.com$`, lb.Str("dnsName"))
	assert.Equal(t, "Z35SXDOTRQ7X7K", lb.Str("zoneId"))
	assert.Equal(t, v.ID, lb.Str("vpcId"))
	tg := c.Settled(token.LBTargetGroup, "web", groupIn(v))
	assert.Regexp(t, `:targetgroup/rung-[0-9a-f]{26}/[0-9a-f]{16}$`, tg.ID)
	assert.Contains(t, tg.ID, tg.Str("arnSuffix"))
	l := c.Settled(token.LBListener, "http",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": toHTTPS})
	assert.Regexp(t, `:listener/app/rung-[0-9a-f]{26}/[0-9a-f]{16}/[0-9a-f]{16}$`, l.ID)
	rule := c.Settled(token.LBListenerRule, "verified",
		sim.Props{"listenerArn": l.ID, "priority": 1000.0, "actions": forward(tg), "conditions": []any{
			map[string]any{"httpHeader": map[string]any{"httpHeaderName": "X-Origin", "values": sim.List("secret")}},
		}})
	assert.Regexp(t, `:listener-rule/app/`, rule.ID)
	next := c.Settled(token.LBListenerRule, "last",
		sim.Props{"listenerArn": l.ID, "actions": forward(tg), "conditions": []any{
			map[string]any{"pathPattern": map[string]any{"values": sim.List("/a")}},
		}})
	assert.EqualValues(t, 1001, next.Get("priority"))
	require.ErrorContains(t, c.Delete(tg), "ResourceInUse")
	require.NoError(t, c.Delete(next))
	require.NoError(t, c.Delete(rule))
	require.NoError(t, c.Delete(tg))
	require.NoError(t, c.Delete(lb))
	gone, err := c.Read(l)
	require.NoError(t, err)
	assert.Nil(t, gone, "a load balancer takes its listeners with it")
}

func TestDeletionProtection(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	in := sim.Props{"subnets": subnets, "enableDeletionProtection": true}
	lb := c.Must(token.LBLoadBalancer, "alb", in)
	require.ErrorContains(t, c.Delete(lb), "OperationNotPermitted")
	_, err := c.Update(lb, with(in, sim.Props{"enableDeletionProtection": false}))
	require.NoError(t, err)
	require.NoError(t, c.Delete(lb))
}

func TestLoadBalancerReplaceOrUpdate(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	in := sim.Props{"name": "a", "subnets": subnets}
	lb := c.Must(token.LBLoadBalancer, "alb", in)
	replacedBy(t, c, lb, in, map[string]sim.Props{
		"name": {"name": "b"}, "internal": {"internal": true}, "type": {"loadBalancerType": "network"},
		"subnets": {"subnets": subnets[:1]}, "idle": {"idleTimeout": 120.0}, "protection": {"enableDeletionProtection": true},
	}, map[string]bool{"name": true, "internal": true, "type": true})
	group := groupIn(v)
	tg := c.Must(token.LBTargetGroup, "web", group)
	replacedBy(t, c, tg, group, map[string]sim.Props{
		"port": {"port": 81.0}, "protocol": {"protocol": "HTTPS"}, "type": {"targetType": "ip"}, "prefix": {"namePrefix": "x-"},
		"drain": {"deregistrationDelay": 10.0}, "health": {"healthCheck": map[string]any{"path": "/other"}},
		"algorithm": {"loadBalancingAlgorithmType": "weighted_random"},
	}, map[string]bool{"port": true, "protocol": true, "type": true, "prefix": true})
	http := sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": forward(tg)}
	replacedBy(t, c, c.Must(token.LBListener, "http", http), http, map[string]sim.Props{
		"balancer": {"loadBalancerArn": "other"}, "actions": {"defaultActions": toHTTPS}, "port": {"port": 81.0},
	}, map[string]bool{"balancer": true})
}

func TestLoadBalancerRefuses(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	_, private := balancedNet(c, "private", "10.1", false)
	twin := c.Must(token.EC2Subnet, "twin",
		sim.Props{"vpcId": v.ID, "cidrBlock": "10.0.3.0/24", "availabilityZone": "us-east-1a"}).ID
	sg := c.Must(token.EC2SecurityGroup, "door", sim.Props{"vpcId": v.ID}).ID
	c.Must(token.LBLoadBalancer, "taken", sim.Props{"name": "taken", "subnets": subnets})
	good := sim.Props{"name": "new", "subnets": subnets}
	bad := func(changes sim.Props) sim.Props { return with(good, changes) }
	logs := map[string]any{"bucket": "none", "enabled": true}
	allRefused(t, c, map[string]mistake{
		"taken":        {token.LBLoadBalancer, bad(sim.Props{"name": "taken"}), []string{"DuplicateLoadBalancerName"}},
		"long":         {token.LBLoadBalancer, bad(sim.Props{"name": strings.Repeat("n", 33)}), []string{"at most 32"}},
		"hyphen":       {token.LBLoadBalancer, bad(sim.Props{"name": "a-"}), []string{"hyphen"}},
		"internal":     {token.LBLoadBalancer, bad(sim.Props{"name": "internal-a"}), []string{"internal-"}},
		"prefix":       {token.LBLoadBalancer, bad(sim.Props{"name": nil, "namePrefix": "rung-dev"}), []string{"namePrefix", "6"}},
		"one subnet":   {token.LBLoadBalancer, bad(sim.Props{"subnets": subnets[:1]}), []string{"ValidationError", "two different Availability Zones"}},
		"no subnets":   {token.LBLoadBalancer, bad(sim.Props{"subnets": nil}), []string{"ValidationError", "two zones"}},
		"one zone":     {token.LBLoadBalancer, bad(sim.Props{"subnets": []any{subnets[0], twin}}), []string{"InvalidConfigurationRequest", "same Availability Zone", twin}},
		"no subnet":    {token.LBLoadBalancer, bad(sim.Props{"subnets": sim.List("subnet-none", "subnet-no")}), []string{"SubnetNotFound"}},
		"two VPCs":     {token.LBLoadBalancer, bad(sim.Props{"subnets": []any{subnets[0], private[1]}}), []string{"InvalidConfigurationRequest", "same VPC"}},
		"no gateway":   {token.LBLoadBalancer, bad(sim.Props{"subnets": private}), []string{"InvalidSubnet", "no internet gateway", "internal to true"}},
		"no group":     {token.LBLoadBalancer, bad(sim.Props{"securityGroups": sim.List("sg-none")}), []string{"InvalidSecurityGroup"}},
		"other group":  {token.LBLoadBalancer, bad(sim.Props{"subnets": private, "internal": true, "securityGroups": sim.List(sg)}), []string{"InvalidConfigurationRequest", sg}},
		"idle":         {token.LBLoadBalancer, bad(sim.Props{"idleTimeout": 4001.0}), []string{"4000"}},
		"no bucket":    {token.LBLoadBalancer, bad(sim.Props{"accessLogs": logs}), []string{"InvalidConfigurationRequest", "Access Denied for bucket: none"}},
		"type":         {token.LBLoadBalancer, bad(sim.Props{"loadBalancerType": "classic"}), []string{"application"}},
		"desync":       {token.LBLoadBalancer, bad(sim.Props{"desyncMitigationMode": "none"}), []string{"strictest"}},
		"both subnets": {token.LBLoadBalancer, bad(sim.Props{"subnetMappings": []any{map[string]any{"subnetId": twin}}}), []string{"conflicts"}},
	})
	c.Must(token.LBLoadBalancer, "inside", sim.Props{"name": "inside", "internal": true, "subnets": private})
}

func TestAccessLogs(t *testing.T) {
	c := cloud(t, "us-east-1")
	_, subnets := balancedNet(c, "net", "10.0", true)
	b := c.Must(token.S3BucketV2, "logs", sim.Props{})
	in := sim.Props{"name": "a", "subnets": subnets,
		"accessLogs": map[string]any{"bucket": b.ID, "enabled": true, "prefix": "lb"}}
	_, err := c.Create(token.LBLoadBalancer, "a", in)
	require.ErrorContains(t, err, "logdelivery.elasticloadbalancing.amazonaws.com")
	c.Must(token.S3BucketPolicy, "logs",
		sim.Props{"bucket": b.ID, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
			`"Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::` + b.ID + `/lb/AWSLogs/123456789012/*"}]}`})
	c.Settled(token.LBLoadBalancer, "a", in)
	c.Must(token.S3BucketServerSideEncryptionConfigurationV2, "logs",
		sim.Props{"bucket": b.ID, "rules": []any{
			map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "aws:kms"}},
		}})
	_, err = c.Create(token.LBLoadBalancer, "b", with(in, sim.Props{"name": "b"}))
	require.ErrorContains(t, err, "AES256")
}

func TestTargetsRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, _ := balancedNet(c, "net", "10.0", true)
	good := groupIn(v)
	c.Must(token.LBTargetGroup, "taken", with(good, sim.Props{"namePrefix": nil, "name": "taken"}))
	bad := func(changes sim.Props) sim.Props { return with(good, changes) }
	health := func(change map[string]any) sim.Props {
		return bad(sim.Props{"healthCheck": map[string]any(with(sim.Props{"path": "/readyz", "interval": 10.0}, change))})
	}
	sticky := func(change map[string]any) sim.Props {
		return bad(sim.Props{"stickiness": map[string]any(with(sim.Props{"type": "lb_cookie"}, change))})
	}
	const config = "InvalidConfigurationRequest"
	allRefused(t, c, map[string]mistake{
		"taken":         {token.LBTargetGroup, bad(sim.Props{"namePrefix": nil, "name": "taken"}), []string{"DuplicateTargetGroupName"}},
		"long":          {token.LBTargetGroup, bad(sim.Props{"namePrefix": nil, "name": strings.Repeat("n", 33)}), []string{"at most 32"}},
		"prefix":        {token.LBTargetGroup, bad(sim.Props{"namePrefix": "rung-dev"}), []string{"namePrefix"}},
		"no VPC":        {token.LBTargetGroup, bad(sim.Props{"vpcId": nil}), []string{"vpcId"}},
		"other VPC":     {token.LBTargetGroup, bad(sim.Props{"vpcId": "vpc-none"}), []string{"ValidationError", "vpc-none"}},
		"port":          {token.LBTargetGroup, bad(sim.Props{"port": 70000.0}), []string{"65535"}},
		"timeout":       {token.LBTargetGroup, health(map[string]any{"timeout": 10.0}), []string{"ValidationError", "greater than the timeout"}},
		"interval":      {token.LBTargetGroup, health(map[string]any{"interval": 4.0}), []string{"5 to 300"}},
		"threshold":     {token.LBTargetGroup, health(map[string]any{"healthyThreshold": 1.0}), []string{"2 to 10"}},
		"path":          {token.LBTargetGroup, health(map[string]any{"path": "readyz"}), []string{"ValidationError", "begin with a '/'"}},
		"health TCP":    {token.LBTargetGroup, health(map[string]any{"protocol": "TCP"}), []string{"ValidationError", "HTTPS"}},
		"slow":          {token.LBTargetGroup, bad(sim.Props{"slowStart": 20.0}), []string{"30 to 900"}},
		"slow and busy": {token.LBTargetGroup, bad(sim.Props{"slowStart": 60.0, "loadBalancingAlgorithmType": "least_outstanding_requests"}), []string{config, "round_robin"}},
		"mitigation":    {token.LBTargetGroup, bad(sim.Props{"loadBalancingAnomalyMitigation": "on"}), []string{config, "weighted_random"}},
		"drain":         {token.LBTargetGroup, bad(sim.Props{"deregistrationDelay": 3601.0}), []string{"3600"}},
		"cookie":        {token.LBTargetGroup, sticky(map[string]any{"cookieDuration": 0.0}), []string{config, "604800"}},
		"cookie name":   {token.LBTargetGroup, sticky(map[string]any{"type": "app_cookie"}), []string{config, "cookieName"}},
		"cookie type":   {token.LBTargetGroup, sticky(map[string]any{"type": "source_ip"}), []string{config, "source_ip"}},
		"no group":      {token.LBTargetGroupAttachment, sim.Props{"targetGroupArn": "arn:none", "targetId": "i-1"}, []string{"TargetGroupNotFound"}},
		"no instance":   {token.LBTargetGroupAttachment, sim.Props{"targetGroupArn": c.Must(token.LBTargetGroup, "x", good).ID, "targetId": "i-none"}, []string{"InvalidTarget", "i-none"}},
	})
}

func TestTargetOfAnotherVPC(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	other, _ := balancedNet(c, "other", "10.1", false)
	machine := c.Must(token.EC2Instance, "m",
		sim.Props{"ami": image(t, c, "arm64"), "instanceType": "t4g.small", "subnetId": subnets[0]})
	c.Settled(token.LBTargetGroupAttachment, "mine",
		sim.Props{"targetGroupArn": c.Must(token.LBTargetGroup, "mine", groupIn(v)).ID, "targetId": machine.ID, "port": 8080.0})
	_, err := c.Create(token.LBTargetGroupAttachment, "theirs",
		sim.Props{"targetGroupArn": c.Must(token.LBTargetGroup, "theirs", groupIn(other)).ID, "targetId": machine.ID})
	require.ErrorContains(t, err, "InvalidTarget")
	require.ErrorContains(t, err, other.ID)
}

// image looks up the newest image of an architecture.
func image(t *testing.T, c *simtest.Cloud, arch string) string {
	t.Helper()
	out, err := c.Invoke(token.SSMGetParameter,
		sim.Props{"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-" + arch})
	require.NoError(t, err)
	return out.Str("value")
}

func TestListenersRefuse(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	foreign, _ := balancedNet(c, "foreign", "10.1", true)
	lb := c.Must(token.LBLoadBalancer, "a", sim.Props{"name": "a", "subnets": subnets})
	second := c.Must(token.LBLoadBalancer, "b", sim.Props{"name": "b", "subnets": subnets})
	tg := c.Must(token.LBTargetGroup, "tg", groupIn(v))
	elsewhere := c.Must(token.LBTargetGroup, "elsewhere", groupIn(foreign))
	l := c.Must(token.LBListener, "l",
		sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": forward(tg)})
	https := sim.Props{"loadBalancerArn": lb.ID, "port": 443.0, "protocol": "HTTPS", "defaultActions": forward(tg),
		"certificateArn": "arn:aws:iam::123456789012:server-certificate/c"}
	on := func(changes sim.Props) sim.Props { return with(https, changes) }
	action := func(a map[string]any) sim.Props { return on(sim.Props{"defaultActions": []any{a}}) }
	rule := sim.Props{"listenerArn": l.ID, "priority": 10.0, "actions": forward(tg),
		"conditions": []any{map[string]any{"pathPattern": map[string]any{"values": sim.List("/a")}}}}
	c.Must(token.LBListenerRule, "r", rule)
	when := func(conditions ...any) sim.Props {
		return with(rule, sim.Props{"priority": 11.0, "conditions": conditions})
	}
	allRefused(t, c, map[string]mistake{
		"port taken":     {token.LBListener, sim.Props{"loadBalancerArn": lb.ID, "port": 80.0, "protocol": "HTTP", "defaultActions": forward(tg)}, []string{"DuplicateListener", l.ID}},
		"no balancer":    {token.LBListener, on(sim.Props{"loadBalancerArn": "arn:none"}), []string{"LoadBalancerNotFound"}},
		"no group":       {token.LBListener, action(map[string]any{"type": "forward", "targetGroupArn": "arn:none"}), []string{"TargetGroupNotFound"}},
		"protocol":       {token.LBListener, on(sim.Props{"protocol": "TCP", "certificateArn": nil}), []string{"ValidationError", "HTTPS, HTTP"}},
		"no certificate": {token.LBListener, on(sim.Props{"certificateArn": nil}), []string{"ValidationError", "certificate must be specified"}},
		"no TLS":         {token.LBListener, on(sim.Props{"protocol": "HTTP"}), []string{"ValidationError", "HTTPS"}},
		"cert region":    {token.LBListener, on(sim.Props{"certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/c"}), []string{"CertificateNotFound", "own region, us-east-1"}},
		"cert none":      {token.LBListener, on(sim.Props{"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/c"}), []string{"CertificateNotFound", "exists"}},
		"policy":         {token.LBListener, on(sim.Props{"sslPolicy": "ELBSecurityPolicy-TLS14-2021-06"}), []string{"SSLPolicyNotFound"}},
		"policy name":    {token.LBListener, on(sim.Props{"sslPolicy": "TLS13"}), []string{"SSLPolicyNotFound"}},
		"type":           {token.LBListener, action(map[string]any{"type": "send"}), []string{"forward"}},
		"empty forward":  {token.LBListener, action(map[string]any{"type": "forward"}), []string{"targetGroupArn"}},
		"two forwards":   {token.LBListener, action(map[string]any{"type": "forward", "targetGroupArn": tg.ID, "forward": map[string]any{"targetGroups": []any{map[string]any{"arn": tg.ID}}}}), []string{"conflicts"}},
		"weight":         {token.LBListener, action(map[string]any{"type": "forward", "forward": map[string]any{"targetGroups": []any{map[string]any{"arn": tg.ID, "weight": 1000.0}}}}), []string{"999"}},
		"no redirect":    {token.LBListener, action(map[string]any{"type": "redirect"}), []string{"redirect"}},
		"no answer":      {token.LBListener, action(map[string]any{"type": "fixed-response"}), []string{"fixedResponse"}},
		"status":         {token.LBListener, action(map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{"contentType": "text/plain", "statusCode": "302"}}), []string{"2xx"}},
		"loop":           {token.LBListener, on(sim.Props{"defaultActions": toHTTPS}), []string{"InvalidLoadBalancerAction", "loop"}},
		"other VPC":      {token.LBListener, on(sim.Props{"defaultActions": forward(elsewhere)}), []string{"InvalidConfigurationRequest", foreign.ID}},
		"two balancers":  {token.LBListener, on(sim.Props{"loadBalancerArn": second.ID}), []string{"TargetGroupAssociationLimit", lb.ID}},
		"priority":       {token.LBListenerRule, rule, []string{"PriorityInUse", "'10'"}},
		"priority high":  {token.LBListenerRule, with(rule, sim.Props{"priority": 50001.0}), []string{"50000"}},
		"no listener":    {token.LBListenerRule, with(rule, sim.Props{"listenerArn": "arn:none"}), []string{"ListenerNotFound"}},
		"no condition":   {token.LBListenerRule, with(rule, sim.Props{"conditions": nil}), []string{"conditions"}},
		"empty":          {token.LBListenerRule, when(map[string]any{"pathPattern": map[string]any{"values": []any{}}}), []string{"at least one value"}},
		"two kinds":      {token.LBListenerRule, when(map[string]any{"pathPattern": map[string]any{"values": sim.List("/a")}, "hostHeader": map[string]any{"values": sim.List("a")}}), []string{"2 kinds"}},
		"six values":     {token.LBListenerRule, when(map[string]any{"pathPattern": map[string]any{"values": sim.List("1", "2", "3", "4", "5", "6")}}), []string{"at most 5"}},
	})
	for _, policy := range []string{"ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"} {
		made := c.Must(token.LBListener, policy, on(sim.Props{"sslPolicy": policy}))
		require.NoError(t, c.Delete(made))
	}
}

func TestNetworkLoadBalancer(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	tcp := with(groupIn(v), sim.Props{"port": 5222.0, "protocol": "TCP", "healthCheck": map[string]any{"protocol": "TCP"}})
	http := c.Must(token.LBTargetGroup, "http", groupIn(v))
	tg := c.Must(token.LBTargetGroup, "tcp", tcp)
	lb := c.Must(token.LBLoadBalancer, "chat",
		sim.Props{"name": "chat", "subnets": subnets[:1], "loadBalancerType": "network"})
	assert.Regexp(t, `^chat-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$`, lb.Str("dnsName"))
	assert.Regexp(t, `^net/chat/`, lb.Str("arnSuffix"))
	assert.Equal(t, "Z26RNL4JYFTOTI", lb.Str("zoneId"))
	on := func(over sim.Props) sim.Props {
		return with(sim.Props{"loadBalancerArn": lb.ID, "port": 5222.0, "protocol": "TCP", "defaultActions": forward(tg)},
			over)
	}
	web := c.Must(token.LBLoadBalancer, "web", sim.Props{"name": "web", "subnets": subnets})
	allRefused(t, c, map[string]mistake{
		"HTTP":         {token.LBListener, on(sim.Props{"protocol": "HTTP"}), []string{"ValidationError", "TLS, UDP, TCP"}},
		"HTTP targets": {token.LBListener, on(sim.Props{"defaultActions": forward(http)}), []string{"InvalidConfigurationRequest", "type network"}},
		"TCP targets": {token.LBListener, sim.Props{"loadBalancerArn": web.ID, "port": 80.0, "protocol": "HTTP",
			"defaultActions": forward(tg)}, []string{"InvalidConfigurationRequest", "type application"}},
		"a path of TCP": {token.LBTargetGroup, with(tcp, sim.Props{"healthCheck": map[string]any{"protocol": "TCP", "path": "/health"}}),
			[]string{"ValidationError", "TCP protocol"}},
		"TLS for nobody": {token.LBListener, on(sim.Props{"protocol": "TLS"}), []string{"ValidationError", "certificate"}},
	})
	c.Must(token.LBListener, "chat", on(nil))
}

func TestListenerWantsAnIssuedCertificate(t *testing.T) {
	c := cloud(t, "us-east-1")
	v, subnets := balancedNet(c, "net", "10.0", true)
	lb, tg := c.Must(token.LBLoadBalancer, "a", sim.Props{"subnets": subnets}),
		c.Must(token.LBTargetGroup, "tg", groupIn(v))
	cert := c.Must(token.ACMCertificate, "site",
		sim.Props{"domainName": "www.example.com", "validationMethod": "DNS"})
	in := sim.Props{"loadBalancerArn": lb.ID, "port": 443.0, "protocol": "HTTPS", "defaultActions": forward(tg),
		"certificateArn": cert.ID}
	_, err := c.Create(token.LBListener, "https", in)
	require.ErrorContains(t, err, "UnsupportedCertificate")
	require.ErrorContains(t, err, "has not been issued yet")
	c.Must(token.ACMCertificateValidation, "site", sim.Props{"certificateArn": cert.ID})
	l := c.Settled(token.LBListener, "https", in)
	assert.Equal(t, "ELBSecurityPolicy-2016-08", l.Str("sslPolicy"))
	c.Settled(token.LBListenerCertificate, "more",
		sim.Props{"listenerArn": l.ID, "certificateArn": cert.ID})
}
