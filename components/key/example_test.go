package key_test

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/key"
	"github.com/rung-dev/rung/record"
)

// A key at home and in Ireland.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		ireland, err := aws.NewProvider(ctx, "aws-eu-west-1", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		_, err = key.New(ctx, "key", key.Args{
			AccountID: pulumi.String("123456789012"),
			Replicas:  []key.Replica{{Code: "euw1", Provider: ireland}},
		})
		return err
	})
	fmt.Println(err)
	for _, r := range rec.Custom() {
		fmt.Println(r.Name, r.Region)
	}
	// Unordered output:
	// <nil>
	// key-primary us-east-1
	// key-primary-alias us-east-1
	// key-euw1 eu-west-1
	// key-euw1-alias eu-west-1
}
