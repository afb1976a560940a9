package worker

import (
	"context"
	"flag"
	"fmt"
	"io"

	"github.com/rung-dev/rung/handover/inside/api"
)

// Main is the mover's program: it runs one order and gives its exit code.
func Main(ctx context.Context, args []string, errs io.Writer) int {
	set := flag.NewFlagSet("rung-mover", flag.ContinueOnError)
	set.SetOutput(errs)
	region := set.String("region", "", "the region of the order and its bucket")
	parameter := set.String("parameter", "", "the secret parameter in which the order lies")
	dir := set.String("dir", "", "where the journals of moves are kept")
	if set.Parse(args) != nil {
		return 2
	}
	if *region == "" || *parameter == "" || *dir == "" {
		fmt.Fprintln(errs, "rung-mover: want --region, --parameter and --dir: `rung handover start --inside` gives them")
		return 2
	}
	cloud, err := api.Open(ctx, *region, nil)
	if err == nil {
		err = Worker{Cloud: cloud, Parameter: *parameter, Dir: *dir}.Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(errs, "rung-mover:", err)
		return 1
	}
	return 0
}
