// Package part holds what all of rung's components do alike: the arguments
// that each of them takes, the tags that each resource carries, and the small
// structs through which components meet without knowing each other.
//
// It creates nothing itself and costs nothing.
package part

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/guard"
)

// The tags that every resource which takes tags carries.
const (
	TagStage     = "rung:stage"
	TagComponent = "rung:component"
	TagStack     = "rung:stack"
	// TagRegion is carried from stage 5 on, where a stack has several regions.
	TagRegion = "rung:region"
)

// Common is embedded in every component's Args. Its zero value is safe: no
// extra tags, alarms that notify nobody, data that is protected.
type Common struct {
	// Tags are added to every resource of the component that takes tags.
	Tags map[string]string
	// Alerts is the ARN of the SNS topic that alarms notify, both when they
	// fire and when they recover. Nil notifies nobody.
	Alerts pulumi.StringInput
	// Guard protects the resources that hold data. Nil protects them too, but
	// lets nobody confirm that one may go.
	Guard *guard.Guard
}

// TagsFor are the tags of a resource of the named component. Extra pairs, a
// "Name" say, win over the common ones.
func (c Common) TagsFor(ctx *pulumi.Context, component string, extra ...map[string]string) pulumi.StringMap {
	tags := map[string]string{TagStack: ctx.Stack(), TagComponent: component}
	maps.Copy(tags, c.Tags)
	for _, e := range extra {
		maps.Copy(tags, e)
	}
	return pulumi.ToStringMap(tags)
}

// Named is the extra tag that consoles show as a resource's name.
func Named(name string) map[string]string { return map[string]string{"Name": name} }

// Data are the options of a child that holds data: its parent, the guard's
// protection, and the further options.
func (c Common) Data(parent pulumi.Resource, name string, opts ...pulumi.ResourceOption) []pulumi.ResourceOption {
	all := append([]pulumi.ResourceOption{pulumi.Parent(parent)}, c.Guard.Options(name)...)
	return append(all, opts...)
}

// AlertActions is Alerts in the form that alarms take; empty for nil.
func (c Common) AlertActions() pulumi.Array {
	if c.Alerts == nil {
		return nil
	}
	return pulumi.Array{c.Alerts.ToStringOutput()}
}
