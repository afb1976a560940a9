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

	token.LambdaFunction: needs("the policies of its role, for networks and for dead letters; the mount targets of its "+
		"file system", "InvalidParameterValueException").with(functionMay, filesMounted),

	// Whoever calls may be let in later: calls till then are refused, and not the permission.
	token.LambdaPermission:  needs("the function, where it is named by its plain name", "ResourceNotFoundException"),
	token.LambdaAlias:       needs("the function, where it is named by its plain name", "ResourceNotFoundException"),
	token.LambdaFunctionUrl: needs("the function, where it is named by its plain name", "ResourceNotFoundException"),
	token.LambdaEventSourceMapping: needs("the policies of the function's role: Lambda reads in its name",
		"InvalidParameterValueException").with(sourceMayBeRead),

	token.ECSCluster:        nothing,
	token.ECSTaskDefinition: nothing,
	// Its service-linked role comes with the first service of an account.
	token.ECSService:         needs("the listener, or the rule, that leads to its target group", "InvalidParameterException"),
	token.ECRRepository:      nothing,
	token.ECRLifecyclePolicy: nothing,
	token.ECRRepositoryPolicy: needs("the roles that it names", "InvalidParameterException").
		with(principalsExist("policy", "InvalidParameterException", "Invalid parameter at 'PolicyText' failed to satisfy "+
			"constraint: 'Invalid repository policy provided'")),
	// EKS asks its role for policies when it acts, and tries again.
	token.EKSCluster:                 nothing,
	token.EKSNodeGroup:               nothing,
	token.EKSAddon:                   nothing,
	token.EKSFargateProfile:          nothing,
	token.EKSAccessEntry:             nothing,
	token.EKSPodIdentityAssociation:  nothing,
	token.EKSAccessPolicyAssociation: needs("the entry of whom it lets in", "ResourceNotFoundException"),

	// Its service-linked role comes with the first environment of an account.
	token.BatchComputeEnvironment: nothing,
	token.BatchJobQueue:           nothing,
	token.BatchJobDefinition:      nothing,

	// Its role is asked for policies when an image is pulled; the service then fails by itself.
	token.AppRunnerService:                         nothing,
	token.AppRunnerVpcConnector:                    nothing,
	token.AppRunnerAutoScalingConfigurationVersion: nothing,

	token.ServiceDiscoveryPrivateDnsNamespace: nothing,
	token.ServiceDiscoveryService:             nothing,
	token.ServiceDiscoveryInstance:            nothing,

	token.SSMParameter: nothing,

	token.SFNStateMachine: needs("the policies of its role, for a log", "AccessDeniedException").with(machineMayLog),
	token.SFNActivity:     nothing,

	// It asks its role for policies when it builds.
	token.CodeBuildProject: nothing,
	// So do a pipeline, and a group of deployments.
	token.CodePipelinePipeline:          nothing,
	token.CodeStarConnectionsConnection: nothing,
	token.CodeDeployApplication:         nothing,
	token.CodeDeployDeploymentGroup:     nothing,

	token.LambdaLayerVersion: nothing,
	// What it is told of may be let in later.
	token.LambdaFunctionEventInvokeConfig: nothing,

	// Its service-linked role comes with the first target of a service.
	token.AppAutoScalingTarget:          needs("the service or the table that is scaled", "ValidationException"),
	token.AppAutoScalingPolicy:          needs("the target, which it names by three words", "ObjectNotFoundException"),
	token.AppAutoScalingScheduledAction: needs("the target, which it names by three words", "ObjectNotFoundException"),
}
