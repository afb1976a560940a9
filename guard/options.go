package guard

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// hookName stands in every stack's state, so it is frozen: a program that no
// longer registers a hook of this name could not change its own resources.
const hookName = "rung-guard-data"

// Guard protects the resources of one run of a program. The nil Guard
// protects too, but without the hook and with nothing confirmed.
type Guard struct {
	confirmed []string
	hook      *pulumi.ResourceHook
}

// New registers the guard's hook with the engine. It must run on every run of
// a program, also when all resources that hold data have left it: their
// deletion is what the hook refuses. confirmed names, by logical name or URN,
// the resources that may go.
func New(ctx *pulumi.Context, confirmed []string) (*Guard, error) {
	g := &Guard{confirmed: confirmed}
	if err := g.warn(ctx); err != nil {
		return nil, err
	}
	hook, err := ctx.RegisterResourceHook(hookName, g.refuse, nil)
	if err != nil {
		return nil, fmt.Errorf("register the data guard's hook: %w", err)
	}
	g.hook = hook
	return g, nil
}

// Standing begins the warning that a confirmation gives. rung leaves it out, since
// there a confirmation ends with the run; for the stock CLI it stands in a file.
const Standing = "data guard: rung:confirmDataLoss is set, and for as long as it is "

func (g *Guard) warn(ctx *pulumi.Context) error {
	if len(g.confirmed) == 0 {
		return nil
	}
	text := Standing + "nothing protects " + strings.Join(g.confirmed, ", ") +
		": when this is done, end it (`pulumi config rm rung:confirmDataLoss`) and run `pulumi up` once more"
	if err := ctx.Log.Warn(text, nil); err != nil {
		return fmt.Errorf("warn of what is not protected: %w", err)
	}
	return nil
}

// Lifted reports whether the resource of that logical name may go. Its
// component then also lifts AWS's own protections: deletion protection, a
// bucket that is not empty.
func (g *Guard) Lifted(name string) bool {
	return g != nil && Confirmed(g.confirmed, name, "")
}

// Anchor is an option for a resource that every run has, a provider say. The
// SDK registers a hook in the background and waits only for resources that are
// bound to it, so without an anchor the engine could come to a deletion before
// it knows the hook.
func (g *Guard) Anchor() pulumi.ResourceOption { return BeforeDelete(g.hook) }

// BeforeDelete binds a hook to the deletion of a resource.
func BeforeDelete(hook *pulumi.ResourceHook) pulumi.ResourceOption {
	return pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeDelete: []*pulumi.ResourceHook{hook}})
}

// Options are the resource options of a resource that holds data: protected
// unless it was confirmed, and never deleted without the hook's consent.
func (g *Guard) Options(name string) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Protect(!g.Lifted(name))}
	if g != nil && g.hook != nil {
		opts = append(opts, BeforeDelete(g.hook))
	}
	return opts
}

// refuse runs in the engine before a resource is deleted, also before the
// old half of a replacement goes.
func (g *Guard) refuse(args *pulumi.ResourceHookArgs) error {
	change := Change{Op: "delete", URN: string(args.URN), Type: string(args.Type), Name: args.Name}
	for _, b := range Check([]Change{change}, g.confirmed) {
		return fmt.Errorf("data guard: %s", b.Message)
	}
	return nil
}
