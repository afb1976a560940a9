package events

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Cell is one region's topics and consumers, of a system in several.
type Cell struct {
	// Name is the component's logical name, and Args are what [New] takes.
	Name string
	Args Args
	// Code is the region's short name in logical names, "euw1" say; each once.
	Code string
	// Provider is the region's: a subscription is made where its topic is.
	Provider pulumi.ProviderResource
}

// Across builds the topics and queues of several regions, in the order given.
// A consumer that asks for everything ([Consumer.Everywhere]) also takes what
// the topics of the other cells carry; the rest is as in [New]. A cell that
// joins creates, and adds its topics to the policies of the others' queues.
//
// SNS delivers from region to region at no price of its own; what crosses is
// paid by the gigabyte. Between regions that an account has from the start,
// which are all that the configuration takes, sns.amazonaws.com delivers; one
// that must be opted into would need a principal of its own in the queues'
// policies. See https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html.
func Across(ctx *pulumi.Context, cells []Cell) ([]*Events, error) {
	if err := checkCells(cells); err != nil {
		return nil, fmt.Errorf("events of several cells: %w", err)
	}
	return build(ctx, cells)
}

// sources are those whose topics fill the consumer's queue in e: its own first,
// so that the queue's policy begins as it does in a single cell.
func (c Consumer) sources(e *Events, all []*Events) []*Events {
	list := []*Events{e}
	for _, other := range all {
		if c.Everywhere && other != e {
			list = append(list, other)
		}
	}
	return list
}

func checkCells(cells []Cell) error {
	var errs []error
	codes := map[string]bool{}
	for i, c := range cells {
		if !nameForm.MatchString(c.Code) || codes[c.Code] || c.Provider == nil {
			errs = append(errs, fmt.Errorf("cell %d: got code %q, want one of its own of a-z and 0-9, and a Provider", i,
				c.Code))
		}
		codes[c.Code] = true
		for _, other := range cells {
			errs = append(errs, hears(c, other)...)
		}
	}
	return errors.Join(errs...)
}

// hears checks that the other cell has the topics that this one asks for.
func hears(c, other Cell) (errs []error) {
	for _, consumer := range c.Args.Consumers {
		for _, kind := range consumer.Topics {
			if consumer.Everywhere && !slices.Contains(other.Args.Topics, kind) {
				errs = append(errs, fmt.Errorf("cell %s: consumer %s asks for %s, which cell %s has no topic for", c.Code,
					consumer.Name, kind, other.Code))
			}
		}
	}
	return errs
}
