package guard

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// The names stand in every stack's state, so they are frozen: a program that no
// longer registers hooks of these names could not change its own resources.
const (
	// HookName is the hook that must consent to every deletion of data.
	HookName = "rung-guard-data"
	anewName = "rung-guard-anew"
)

// Guard protects the resources of one run of a program. The nil Guard
// protects too, but without the hooks and with nothing confirmed.
type Guard struct {
	confirmed, had []string
	by             string // the setting or the property that confirms
	hook, anew     *pulumi.ResourceHook

	mu   sync.Mutex
	held []string
}

// New registers the guard's hooks with the engine. It must run on every run of
// a program, also when all resources that hold data have left it: their
// deletion is what the hook refuses. confirmed names, by logical name or URN,
// the resources that may go. had names what held data at the end of the last
// run, as [Guard.Held] gave it then: to make such a one again means that it was
// lost, and the new one would be empty.
func New(ctx *pulumi.Context, confirmed []string, had ...string) (*Guard, error) {
	g := &Guard{confirmed: confirmed, had: had, by: setting}
	if err := g.warn(ctx); err != nil {
		return nil, err
	}
	return g, g.register(ctx, "")
}

// Named is New for one of several guards in a deployment, whose hooks must have other
// names: a component of a package in another process brings its own. The name stands in
// the state, as those of the hooks do, and must never change.
func Named(ctx *pulumi.Context, name string, confirmed []string) (*Guard, error) {
	g := &Guard{confirmed: confirmed, by: "confirmDataLoss of " + name}
	if len(confirmed) > 0 {
		text := fmt.Sprintf("data guard: %s is set, and for as long as it is nothing protects %s: take "+
			"it out when this is done, and run `pulumi up` once more", g.by, strings.Join(confirmed, ", "))
		if err := ctx.Log.Warn(text, nil); err != nil {
			return nil, fmt.Errorf("warn of what is not protected: %w", err)
		}
	}
	return g, g.register(ctx, "-"+name)
}

func (g *Guard) register(ctx *pulumi.Context, suffix string) (err error) {
	if g.hook, err = ctx.RegisterResourceHook(HookName+suffix, g.refuse, nil); err != nil {
		return fmt.Errorf("register the data guard's hook: %w", err)
	}
	if g.anew, err = ctx.RegisterResourceHook(anewName+suffix, g.refuseAnew, nil); err != nil {
		return fmt.Errorf("register the data guard's hook: %w", err)
	}
	return nil
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

// Held are the names of the resources that hold data and that the program has
// asked options for, sorted: what its next run should know of.
func (g *Guard) Held() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(g.held)))
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
// unless it was confirmed, and never deleted, nor made where there was one
// already, without the hooks' consent.
func (g *Guard) Options(name string) []pulumi.ResourceOption {
	opts := []pulumi.ResourceOption{pulumi.Protect(!g.Lifted(name))}
	if g == nil || g.hook == nil {
		return opts
	}
	g.mu.Lock()
	g.held = append(g.held, name)
	g.mu.Unlock()
	return append(opts, pulumi.ResourceHooks(&pulumi.ResourceHookBinding{
		BeforeCreate: []*pulumi.ResourceHook{g.anew}, BeforeDelete: []*pulumi.ResourceHook{g.hook},
	}))
}

// refuseAnew runs in the engine before a resource is created.
func (g *Guard) refuseAnew(args *pulumi.ResourceHookArgs) error {
	change := Change{Op: "create", URN: string(args.URN), Type: string(args.Type), Name: args.Name}
	for _, b := range CheckAnew([]Change{change}, g.had, g.confirmed) {
		return fmt.Errorf("data guard: %s", b.Message)
	}
	return nil
}

// refuse runs in the engine before a resource is deleted, also before the
// old half of a replacement goes.
func (g *Guard) refuse(args *pulumi.ResourceHookArgs) error {
	change := Change{Op: "delete", URN: string(args.URN), Type: string(args.Type), Name: args.Name}
	for _, b := range check([]Change{change}, g.confirmed, g.by) {
		return fmt.Errorf("data guard: %s", b.Message)
	}
	return nil
}
