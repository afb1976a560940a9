package secret_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/secret"
	"github.com/rung-dev/rung/record"
)

// A password for a database, stored the way that apps and rotation read it.
func Example() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		s, err := secret.New(ctx, "database-secret", secret.Args{
			Description: "Opens the shop's database",
			Username:    "app",
		})
		if err != nil {
			return err
		}
		ctx.Export("secret", s.ARN)
		return nil
	})
	fmt.Println(err, rec.Types())
	// Output:
	// <nil> [aws:secretsmanager/secret:Secret aws:secretsmanager/secretVersion:SecretVersion random:index/randomPassword:RandomPassword rung:components:Secret]
}
