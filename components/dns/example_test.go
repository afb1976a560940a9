package dns_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/dns"
	"github.com/rung-dev/rung/record"
	"github.com/rung-dev/rung/resource/token"
)

// A domain that points at a server, and a name for CDNs to reach it by.
func ExampleNew() {
	rec, err := record.Run(func(ctx *pulumi.Context) error {
		names, err := dns.New(ctx, "dns", dns.Args{Domain: "example.com", ZoneID: "Z0123456789ABCDEFGHIJ"})
		if err != nil {
			return err
		}
		for _, host := range []string{"example.com", names.Origin()} {
			if err := names.Address(host, pulumi.String("192.0.2.10")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rec.All(token.Route53Record) {
		fmt.Println(r.String("name"), r.String("type"), r.String("records[0]"))
	}
	// Output:
	// example.com A 192.0.2.10
	// origin.example.com A 192.0.2.10
}
