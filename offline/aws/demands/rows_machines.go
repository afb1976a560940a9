package demands

import "github.com/rung-dev/rung/resource/token"

// machineRows are machines, what starts them and functions. AWS refuses no machine
// whose role has no policies yet: it boots and gives up. That each comes after its
// role's policies is a test over the stages (startersAreReady), as it is for all that
// acts in the name of a role.
var machineRows = map[string]Row{
	token.EC2Instance:            nothing,
	token.EC2LaunchTemplate:      nothing,
	token.EC2KeyPair:             nothing,
	token.EC2PlacementGroup:      nothing,
	token.EC2CapacityReservation: nothing,
	token.EC2VolumeAttachment:    nothing,
	token.EBSVolume:              nothing,
	token.DLMLifecyclePolicy: needs("the policies of its role", "UnauthorizedOperation").
		with(snapshotsMay),

	// Its service-linked role comes with the first group of an account.
	token.AutoScalingGroup: needs("leave for scaling's role in the policy or in a grant of the key of its machines' "+
		"disks", "Client.InternalError").with(scalingKeyOpens),
	token.AutoScalingPolicy: needs("the listener that serves its target group, where it counts requests",
		"ValidationError"),
	token.AutoScalingSchedule: nothing,
	token.AutoScalingLifecycleHook: needs("the policies of its role: a message is sent at once", "ValidationError").
		with(hookReaches),

	token.LambdaFunction: needs("the policies of its role, for networks and for dead letters",
		"InvalidParameterValueException").with(functionMay),

	token.ServiceDiscoveryPrivateDnsNamespace: nothing,
	token.ServiceDiscoveryService:             nothing,
	token.ServiceDiscoveryInstance:            nothing,

	token.SSMParameter: nothing,
}
