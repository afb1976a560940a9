package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/offline/simtest"
	"github.com/rung-dev/rung/resource/token"
)

// plane is a cluster of Kubernetes that lets people in by entries, and its network's subnets.
func plane(c *simtest.Cloud) (k *simtest.Resource, subnets list) {
	_, subnets = balancedNet(c, "k", "10.0", false)
	return c.Must(token.EKSCluster, "main", sim.Props{"name": "main", "roleArn": trusting(c, "plane",
		"eks.amazonaws.com").Str("arn"),
		"vpcConfig": obj{"subnetIds": subnets}, "accessConfig": obj{"authenticationMode": "API"}}), subnets
}

func TestAddOns(t *testing.T) {
	c := cloud(t, "us-east-1")
	k, _ := plane(c)
	in := sim.Props{"clusterName": k.ID, "addonName": "coredns", "configurationValues": `{"replicaCount":2}`}
	a := c.Settled(token.EKSAddon, "dns", in)
	assert.Equal(t, "main:coredns", a.ID)
	replacedBy(t, c, a, in, map[string]sim.Props{"name": {"addonName": "vpc-cni"},
		"version": {"addonVersion": "v1.11.4-eksbuild.2"}},
		map[string]bool{"name": true})
	allRefused(t, c, map[string]mistake{
		"twice":   {token.EKSAddon, in, []string{"ResourceInUseException"}},
		"nowhere": {token.EKSAddon, with(in, sim.Props{"clusterName": "none"}), []string{"ResourceNotFoundException"}},
		"version": {token.EKSAddon, with(in, sim.Props{"addonName": "x", "addonVersion": "1.11"}), []string{"eksbuild"}},
		"values":  {token.EKSAddon, with(in, sim.Props{"addonName": "x", "configurationValues": "{x"}), []string{"InvalidParameterException", "JSON"}},
	})
	require.ErrorContains(t, c.Delete(k), "ResourceInUseException")
}

func TestFargateProfile(t *testing.T) {
	c := cloud(t, "us-east-1")
	k, public := plane(c)
	gateway := c.Must(token.EC2InternetGateway, "out", sim.Props{"vpcId": k.Str("vpcConfig.vpcId")})
	out := c.Must(token.EC2RouteTable, "out", sim.Props{"vpcId": k.Str("vpcConfig.vpcId")})
	c.Must(token.EC2Route, "out", sim.Props{"routeTableId": out.ID, "destinationCidrBlock": "0.0.0.0/0",
		"gatewayId": gateway.ID})
	c.Must(token.EC2RouteTableAssociation, "out", sim.Props{"subnetId": public[0], "routeTableId": out.ID})
	v := c.Must(token.EC2Vpc, "of", sim.Props{"cidrBlock": "10.9.0.0/16"})
	inner := c.Must(token.EC2Subnet, "inner", sim.Props{"vpcId": k.Str("vpcConfig.vpcId"),
		"cidrBlock": "10.0.200.0/24", "availabilityZone": "us-east-1a"})
	other := c.Must(token.EC2Subnet, "other", sim.Props{"vpcId": v.ID, "cidrBlock": "10.9.1.0/24",
		"availabilityZone": "us-east-1a"})
	pods := trusting(c, "pods", "eks-fargate-pods.amazonaws.com").Str("arn")
	in := sim.Props{"clusterName": k.ID, "fargateProfileName": "all", "podExecutionRoleArn": pods,
		"subnetIds": list{inner.ID},
		"selectors": list{obj{"namespace": "default"}}}
	p := c.Settled(token.EKSFargateProfile, "all", in)
	assert.Equal(t, "main:all", p.ID)
	replacedBy(t, c, p, in, map[string]sim.Props{"selectors": {"selectors": list{obj{"namespace": "web"}}},
		"tags": {"tags": obj{"a": "b"}}},
		map[string]bool{"selectors": true})
	more := func(changes sim.Props, want ...string) mistake {
		return mistake{token.EKSFargateProfile, with(with(in, sim.Props{"fargateProfileName": "more"}), changes), want}
	}
	allRefused(t, c, map[string]mistake{
		"trust":   more(sim.Props{"podExecutionRoleArn": trusting(c, "x", "ec2.amazonaws.com").Str("arn")}, "eks-fargate-pods.amazonaws.com"),
		"network": more(sim.Props{"subnetIds": list{other.ID}}, "InvalidParameterException", "not in the VPC"),
		"public":  more(sim.Props{"subnetIds": list{public[0]}}, "InvalidParameterException", "not a private subnet"),
		"six": more(sim.Props{"selectors": list{obj{"namespace": "a"}, obj{"namespace": "b"}, obj{"namespace": "c"}, obj{"namespace": "d"},
			obj{"namespace": "e"}, obj{"namespace": "f"}}}, "five at most"),
	})
}

func TestWhoIsLetIntoACluster(t *testing.T) {
	c := cloud(t, "us-east-1")
	k, subnets := plane(c)
	who := trusting(c, "dev", "ec2.amazonaws.com").Str("arn")
	admin := "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	may := sim.Props{"clusterName": k.ID, "principalArn": who, "policyArn": admin, "accessScope": obj{"type": "cluster"}}
	_, err := c.Create(token.EKSAccessPolicyAssociation, "admin", may)
	mustRefuse(t, err, "ResourceNotFoundException", "depend on it")
	in := sim.Props{"clusterName": k.ID, "principalArn": who}
	e := c.Settled(token.EKSAccessEntry, "dev", in)
	assert.Equal(t, "main:"+who, e.ID)
	a := c.Settled(token.EKSAccessPolicyAssociation, "admin", may)
	pods := trusting(c, "pods", "pods.eks.amazonaws.com").Str("arn")
	pod := sim.Props{"clusterName": k.ID, "namespace": "default", "serviceAccount": "app", "roleArn": pods}
	c.Settled(token.EKSPodIdentityAssociation, "app", pod)
	older := c.Must(token.EKSCluster, "older", sim.Props{"name": "older", "roleArn": trusting(c, "plane2",
		"eks.amazonaws.com").Str("arn"),
		"vpcConfig": obj{"subnetIds": subnets}})
	allRefused(t, c, map[string]mistake{
		"again":  {token.EKSAccessEntry, in, []string{"ResourceInUseException"}},
		"map":    {token.EKSAccessEntry, with(in, sim.Props{"clusterName": older.ID}), []string{"InvalidRequestException", "authenticationMode"}},
		"scope":  {token.EKSAccessPolicyAssociation, with(may, sim.Props{"accessScope": obj{"type": "namespace"}}), []string{"namespaces"}},
		"policy": {token.EKSAccessPolicyAssociation, with(may, sim.Props{"policyArn": "arn:aws:iam::aws:policy/Admin"}), []string{"one of EKS's own"}},
		"pod":    {token.EKSPodIdentityAssociation, pod, []string{"ResourceInUseException"}},
		"trust":  {token.EKSPodIdentityAssociation, with(pod, sim.Props{"serviceAccount": "b", "roleArn": who}), []string{"pods.eks.amazonaws.com"}},
	})
	out, err := c.Invoke(token.EKSGetCluster, sim.Props{"name": "main"})
	require.NoError(t, err)
	assert.Equal(t, k.Str("endpoint"), out.Str("endpoint"))
	out, err = c.Invoke(token.EKSGetClusterAuth, sim.Props{"name": "main"})
	require.NoError(t, err)
	assert.Regexp(t, `^k8s-aws-v1\.[\w-]+$`, out.Str("token"))
	_, err = c.Invoke(token.EKSGetCluster, sim.Props{"name": "none"})
	require.ErrorContains(t, err, "ResourceNotFoundException")
	require.NoError(t, c.Delete(a))
}
