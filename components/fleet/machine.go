package fleet

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/internal/door"
	"github.com/rung-dev/rung/components/part"
)

// managedPolicies are what AWS's own agents on the machine need: Session
// Manager instead of SSH, and the CloudWatch agent.
func managedPolicies() map[string]string {
	return map[string]string{
		"ssm":   "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
		"agent": "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
	}
}

// securityGroup admits the clients to the app's port and lets the machines
// call out, to the stores and to AWS.
func (f *Fleet) securityGroup(ctx *pulumi.Context, name string, args Args) error {
	group, err := ec2.NewSecurityGroup(ctx, name+"-sg", &ec2.SecurityGroupArgs{
		Description: pulumi.String("Machines of fleet " + name),
		VpcId:       args.VPCID.ToStringOutput().ToStringPtrOutput(),
		Tags:        args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	f.SecurityGroupID = group.ID().ToStringOutput()
	f.door = door.At(ctx, f.SecurityGroupID, f, name, args.Common,
		door.Door{What: "app", Port: args.Program.Port, Words: "may connect to the app"})
	for _, c := range args.Clients {
		if err := f.Admit(c); err != nil {
			return err
		}
	}
	out, err := vpc.NewSecurityGroupEgressRule(ctx, name+"-to-anywhere", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: f.SecurityGroupID,
		Description:     pulumi.String("To the stores and to AWS"),
		IpProtocol:      pulumi.String("-1"),
		CidrIpv4:        pulumi.String("0.0.0.0/0"),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	f.ready = append(f.ready, out)
	return err
}

// Admit lets one more client connect to the app. It is for clients that are made
// after the fleet, and so cannot stand in Args.Clients.
func (f *Fleet) Admit(client part.Client) error { return f.door.Admit(client) }

// identity builds the machines' role with one inline policy for each permission.
func (f *Fleet) identity(ctx *pulumi.Context, name string, args Args) (err error) {
	f.role, err = iam.NewRole(ctx, name+"-role", &iam.RoleArgs{
		Description: pulumi.String("Machines of fleet " + name),
		AssumeRolePolicy: pulumi.String(`{"Version":"2012-10-17","Statement":[` +
			`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`),
		Tags: args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	f.RoleARN, f.RoleName = f.role.Arn, f.role.Name
	for _, key := range []string{"agent", "ssm"} {
		made, err := iam.NewRolePolicyAttachment(ctx, name+"-"+key, &iam.RolePolicyAttachmentArgs{
			Role: f.role.Name, PolicyArn: pulumi.String(managedPolicies()[key]),
		}, pulumi.Parent(f))
		if err != nil {
			return err
		}
		f.ready = append(f.ready, made)
	}
	for _, p := range slices.Concat([]part.Permission{f.boot.Read}, readArtifact(args.Program.Artifact),
		args.Permissions) {
		if err := f.permit(ctx, name, p); err != nil {
			return err
		}
	}
	f.profile, err = iam.NewInstanceProfile(ctx, name+"-profile", &iam.InstanceProfileArgs{
		Role: f.role.Name, Tags: args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	return err
}

// readArtifact also covers older programs, so that a rollback can boot. A program
// of the image needs none.
func readArtifact(a *part.Artifact) []part.Permission {
	if a == nil {
		return nil
	}
	return []part.Permission{{
		Name: "artifact-read", Actions: []string{"s3:GetObject"},
		Resources: pulumi.StringArray{pulumi.Sprintf("%s/*", a.BucketARN)},
	}}
}

func (f *Fleet) permit(ctx *pulumi.Context, name string, p part.Permission) error {
	made, err := iam.NewRolePolicy(ctx, name+"-"+p.Name, &iam.RolePolicyArgs{
		Role: f.role.Name,
		Policy: pulumi.JSONMarshal(pulumi.Map{
			"Version": pulumi.String("2012-10-17"),
			"Statement": pulumi.Array{pulumi.Map{
				"Effect": pulumi.String("Allow"), "Action": pulumi.ToStringArray(p.Actions), "Resource": p.Resources,
			}},
		}),
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	f.ready = append(f.ready, made)
	return nil
}

// logGroup is made before the agent would make one that never forgets.
func (f *Fleet) logGroup(ctx *pulumi.Context, name string, args Args) (err error) {
	f.logs, err = cloudwatch.NewLogGroup(ctx, name+"-logs", &cloudwatch.LogGroupArgs{
		RetentionInDays: pulumi.Int(args.LogDays),
		Tags:            args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	if err != nil {
		return err
	}
	f.LogGroup = f.logs.Name
	return nil
}

func (f *Fleet) launchTemplate(ctx *pulumi.Context, name string, args Args) (err error) {
	f.template, err = ec2.NewLaunchTemplate(ctx, name+"-template", &ec2.LaunchTemplateArgs{
		Description:          pulumi.String("Machines of fleet " + name),
		UpdateDefaultVersion: pulumi.Bool(true),
		ImageId:              args.ImageID.ToStringOutput().ToStringPtrOutput(),
		InstanceType:         pulumi.String(args.InstanceTypes[0]),
		UserData:             f.userData(),
		IamInstanceProfile:   &ec2.LaunchTemplateIamInstanceProfileArgs{Arn: f.profile.Arn},
		Monitoring:           &ec2.LaunchTemplateMonitoringArgs{Enabled: pulumi.Bool(args.DetailedMonitoring)},
		MetadataOptions:      args.metadataOptions(),
		BlockDeviceMappings:  args.disks(),
		NetworkInterfaces: ec2.LaunchTemplateNetworkInterfaceArray{ec2.LaunchTemplateNetworkInterfaceArgs{
			AssociatePublicIpAddress: pulumi.String("false"),
			DeleteOnTermination:      pulumi.String("true"),
			SecurityGroups:           pulumi.StringArray{f.SecurityGroupID},
		}},
		TagSpecifications: tagSpecifications(args.TagsFor(ctx, name, part.Named(name))),
		Tags:              args.TagsFor(ctx, name),
	}, pulumi.Parent(f))
	return err
}

// metadataOptions require IMDSv2 and keep it on the machine itself. Machines
// that must name their group when they end also read their tags there.
func (a Args) metadataOptions() *ec2.LaunchTemplateMetadataOptionsArgs {
	tags := "disabled"
	if a.Program.FinishesWork {
		tags = "enabled"
	}
	return &ec2.LaunchTemplateMetadataOptionsArgs{
		HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"),
		HttpPutResponseHopLimit: pulumi.Int(1), InstanceMetadataTags: pulumi.String(tags),
	}
}

func (a Args) disks() ec2.LaunchTemplateBlockDeviceMappingArray {
	return ec2.LaunchTemplateBlockDeviceMappingArray{ec2.LaunchTemplateBlockDeviceMappingArgs{
		DeviceName: pulumi.String("/dev/xvda"), // Amazon Linux's root
		Ebs: &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
			VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(a.DiskGiB),
			Encrypted: pulumi.String("true"), DeleteOnTermination: pulumi.String("true"),
		},
	}}
}

// tagSpecifications carry the tags on to what a launch creates.
func tagSpecifications(tags pulumi.StringMap) ec2.LaunchTemplateTagSpecificationArray {
	var all ec2.LaunchTemplateTagSpecificationArray
	for _, kind := range []string{"instance", "volume", "network-interface"} {
		all = append(all, ec2.LaunchTemplateTagSpecificationArgs{ResourceType: pulumi.String(kind), Tags: tags})
	}
	return all
}
