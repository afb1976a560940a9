// Package chat is a service of long connections over TCP behind a network load
// balancer, with workers that a queue wakes: they cost nothing while it is empty.
package chat

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/fleet"
	"github.com/rung-dev/rung/components/loadbalancer"
	"github.com/rung-dev/rung/components/network"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/components/program"
	"github.com/rung-dev/rung/components/queue"
	"github.com/rung-dev/rung/examples/begin"
)

const port = 5222

// Program runs the binary twice: `serve` for connections, `work` for messages.
func Program(ctx *pulumi.Context) error {
	common, err := begin.Common(ctx)
	if err != nil {
		return err
	}
	region := begin.Region(ctx)
	net, err := network.New(ctx, "network", network.Args{
		Common: common, Region: region, CIDR: "172.20.0.0/20", Zones: begin.Zones(region), Private: true, NAT: network.Single,
	})
	if err != nil {
		return err
	}
	messages, err := queue.New(ctx, "messages", queue.Args{Common: common, JobSeconds: 30})
	if err != nil {
		return err
	}
	balancer, err := loadbalancer.NewTCP(ctx, "balancer", loadbalancer.TCPArgs{
		Common: common, VPCID: net.VPCID, Subnets: net.Public, TargetCIDR: net.CIDR, Port: port, CrossZone: true,
	})
	if err != nil {
		return err
	}
	base, err := machines(ctx, common, net)
	if err != nil {
		return err
	}
	base.Program.Environment = []part.Variable{{Name: "MESSAGES_URL", Value: messages.URL}}
	if _, err := fleet.New(ctx, "serve", serving(base, balancer, messages)); err != nil {
		return err
	}
	ctx.Export("address", pulumi.Sprintf("%s:%d", balancer.DNSName, port))
	_, err = fleet.New(ctx, "work", working(base, messages))
	return err
}

// machines are what both fleets have in common.
func machines(ctx *pulumi.Context, common part.Common, net *network.Network) (fleet.Args, error) {
	image, err := begin.Image(ctx)
	if err != nil {
		return fleet.Args{}, err
	}
	files, binary, err := begin.Binary(ctx, common)
	return fleet.Args{
		Common: common, VPCID: net.VPCID, Subnets: net.Private, ImageID: image, Files: files,
		Program: program.Spec{Artifact: binary},
	}, err
}

func serving(a fleet.Args, balancer *loadbalancer.TCP, messages *queue.Queue) fleet.Args {
	a.InstanceTypes, a.MinSize, a.MaxSize = []string{"t4g.small"}, 2, 4
	a.Program.Command, a.Program.Port, a.Program.StopSeconds = []string{"serve"}, port, 300
	a.Clients = []part.Client{{Name: "balancer", SecurityGroupID: balancer.SecurityGroupID}}
	a.TargetGroups, a.GateAlarms = pulumi.StringArray{balancer.TargetGroupARN}, balancer.GateAlarms
	a.Permissions = messages.Producer()
	return a
}

func working(a fleet.Args, messages *queue.Queue) fleet.Args {
	a.InstanceTypes, a.MaxSize, a.SpotShare = []string{"t4g.small", "t4g.medium", "m7g.medium", "c7g.medium"}, 4, 100
	a.Program.Command, a.Program.FinishesWork, a.Program.StopSeconds = []string{"work"}, true, 60
	a.Backlog = &fleet.Backlog{QueueName: messages.Name, AcceptableDelaySeconds: 60, SecondsPerJob: 2}
	a.Permissions = messages.Consumer()
	return a
}
