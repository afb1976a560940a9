package offline

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/rung-dev/rung/offline/sim"
)

// What becomes of a type that is not simulated; see [UnknownEnv].
const (
	Refuse = "refuse" // an error that names the type
	Accept = "accept" // its inputs are stored, and a warning says so
)

// Unknowns are the values of [UnknownEnv].
func Unknowns() []string { return []string{Refuse, Accept} }

func checkUnknown(text string) error {
	if text == "" || text == Refuse || text == Accept {
		return nil
	}
	return fmt.Errorf("%s: got %q, want %s or %s", UnknownEnv, text, Refuse, Accept)
}

// warnTo makes the provider tell the engine of each resource that it accepts unseen.
// What the engine does not hear is lost: it is a word of warning, and no result.
func warnTo(ctx context.Context, provider *sim.Provider, engine string) error {
	conn, err := grpc.NewClient(engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("reach the engine at %s: %w", engine, err)
	}
	client := pulumirpc.NewEngineClient(conn)
	provider.Accept(func(urn, sentence string) {
		_, _ = client.Log(ctx, &pulumirpc.LogRequest{
			Severity: pulumirpc.LogSeverity_WARNING, Message: sentence, Urn: urn,
		})
	})
	return nil
}

// Types lists what is simulated of a package ("aws", "cloudflare" or "random"): the
// tokens of its resources and of its functions, sorted.
func Types(name string) (resources, functions []string, err error) {
	pkg, err := simulated(name)
	if err != nil {
		return nil, nil, err
	}
	return pkg.Tokens(), pkg.Functions(), nil
}
