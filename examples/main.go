// Examples is one program for all of the examples, so that one build does for
// them: each folder with a Pulumi.yaml is a project, whose name says which runs.
//
// In a program of your own this is one line: pulumi.Run(site.Program).
package main

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/examples/blog"
	"github.com/rung-dev/rung/examples/chat"
	"github.com/rung-dev/rung/examples/onebox"
	"github.com/rung-dev/rung/examples/shop"
	"github.com/rung-dev/rung/examples/site"
	"github.com/rung-dev/rung/examples/tworegions"
)

// programs are the examples by their project's name.
var programs = map[string]pulumi.RunFunc{
	"site": site.Program, "onebox": onebox.Program, "shop": shop.Program, "blog": blog.Program, "chat": chat.Program,
	"tworegions": tworegions.Program,
}

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	program, known := programs[ctx.Project()]
	if !known {
		return fmt.Errorf("run the project %q: want one of %v", ctx.Project(), names())
	}
	return program(ctx)
}

func names() (all []string) {
	for name := range programs {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
