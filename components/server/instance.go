package server

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

func (b *builder) buildInstance() error {
	if err := b.launch(); err != nil {
		return err
	}
	_, err := ec2.NewVolumeAttachment(b.ctx, b.name+"-data", &ec2.VolumeAttachmentArgs{
		InstanceId:                  b.instance.ID(),
		VolumeId:                    b.server.VolumeID,
		DeviceName:                  pulumi.String("/dev/sdf"),
		StopInstanceBeforeDetaching: pulumi.Bool(true), // so that the databases close their files
	}, b.child(), pulumi.DeleteBeforeReplace(true)) // a volume is attached once
	if err != nil {
		return fmt.Errorf("attach the data volume: %w", err)
	}
	return b.useAddress()
}

func (b *builder) launch() (err error) {
	args := &ec2.InstanceArgs{
		Ami:                   b.args.ImageID.ToStringOutput(),
		InstanceType:          pulumi.String(b.args.InstanceType),
		SubnetId:              b.args.Subnet.ID,
		VpcSecurityGroupIds:   pulumi.StringArray{b.server.SecurityGroupID, b.cdnGroup},
		IamInstanceProfile:    b.profile,
		UserData:              b.boot.UserData,
		DisableApiTermination: pulumi.Bool(true),
		MetadataOptions: &ec2.InstanceMetadataOptionsArgs{
			HttpEndpoint:            pulumi.String("enabled"),
			HttpTokens:              pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		RootBlockDevice: &ec2.InstanceRootBlockDeviceArgs{
			VolumeType: pulumi.String("gp3"), VolumeSize: pulumi.Int(rootGiB), Encrypted: pulumi.Bool(true),
			Tags: b.tags(b.name + "-root"),
		},
		Tags: b.tags(b.name),
	}
	if isBurstable(b.args.InstanceType) {
		// Without credits the server would fall to a fifth of its speed; unlimited
		// costs up to $0.04 for each vCPU hour instead, and an alarm says so.
		args.CreditSpecification = &ec2.InstanceCreditSpecificationArgs{CpuCredits: pulumi.String("unlimited")}
	}
	// User data runs once, and a change of it would stop the server for nothing.
	b.instance, err = ec2.NewInstance(b.ctx, b.name, args, b.child(), part.Ways(b.args.Subnet), pulumi.DependsOn(b.ready),
		pulumi.IgnoreChanges([]string{"ami", "userData"}))
	if err != nil {
		return fmt.Errorf("create the instance: %w", err)
	}
	b.server.InstanceID = b.instance.ID().ToStringOutput()
	b.server.PrivateIP = b.instance.PrivateIp
	return nil
}

// buildAddress makes the elastic address.
func (b *builder) buildAddress() error {
	eip, err := ec2.NewEip(b.ctx, b.name, &ec2.EipArgs{Domain: pulumi.String("vpc"), Tags: b.tags(b.name)}, b.child())
	if err != nil {
		return fmt.Errorf("create the elastic address: %w", err)
	}
	b.eip, b.server.PublicIP, b.server.PublicDNS = eip, eip.PublicIp, eip.PublicDns
	return nil
}

// useAddress gives the address to the instance. It is tied to it by an
// association, so that what needs only the address does not wait for the
// instance.
func (b *builder) useAddress() error {
	_, err := ec2.NewEipAssociation(b.ctx, b.name, &ec2.EipAssociationArgs{
		AllocationId: b.eip.ID(),
		InstanceId:   b.instance.ID(),
	}, b.child(), part.Ways(b.args.Subnet))
	if err != nil {
		return fmt.Errorf("give the instance its address: %w", err)
	}
	return nil
}
