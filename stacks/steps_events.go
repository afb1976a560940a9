package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/app/contract"
	"github.com/rung-dev/rung/components/events"
	"github.com/rung-dev/rung/components/part"
	"github.com/rung-dev/rung/stacks/config"
)

// addEvents makes the topics and queues of a stack with one cell.
func (c *cell) addEvents() (err error) {
	if err := c.needs("add the topics", hasAlerts); err != nil || !c.cfg.HasEvents() {
		return err
	}
	c.services.events, err = events.New(c.ctx, c.name("events"), c.eventsArgs(), c.in())
	return err
}

// addEvents makes the topics and queues of all cells: what is told in one is
// heard in each of them.
func (m *multiRegion) addEvents() error {
	if err := m.needs("add the topics", hasAlerts); err != nil || !m.home.cfg.HasEvents() {
		return err
	}
	var cells []events.Cell
	for _, c := range m.cells {
		cells = append(cells,
			events.Cell{Name: c.name("events"), Args: c.eventsArgs(), Code: config.Code(c.region), Provider: c.here})
	}
	made, err := events.Across(m.home.ctx, cells)
	if err != nil {
		return err
	}
	for i, c := range m.cells {
		c.services.events = made[i]
	}
	return nil
}

// eventsArgs are a cell's topics and consumers. All cells write into the same
// database, so whichever cell's service finds an event there first publishes
// it, once, to its own topics: everybody has to hear everywhere.
//
// That is right for both who hear. The search service keeps an index of its
// cell, which compares versions. The posts service keeps its copies of people
// in the one database, where a second event of the same id has no effect, and
// forgets in its cell's cache that somebody was not known. A consumer whose
// work has an effect outside and cannot tell an event by its id, one that sends
// mail say, must not be Everywhere: the relay publishes in one cell only.
func (c *cell) eventsArgs() events.Args {
	args := events.Args{Common: c.common, Topics: []string{contract.TopicUserCreated, contract.TopicPostCreated}}
	for _, one := range served(c.cfg) {
		if len(one.takes) > 0 {
			args.Consumers = append(args.Consumers, events.Consumer{Name: one.route.Name, Topics: one.takes, Everywhere: true})
		}
	}
	return args
}

// eventEnvironment is where a service tells and hears.
func (c *cell) eventEnvironment(one service) []part.Variable {
	var env []part.Variable
	var topics []pulumi.StringOutput
	for _, kind := range one.publishes {
		topics = append(topics, pulumi.Sprintf("%s=%s", kind, c.services.events.Topics[kind]))
	}
	if len(topics) > 0 {
		env = append(env, part.Variable{Name: contract.EnvEventTopics, Value: joined(topics)})
	}
	if len(one.takes) > 0 {
		env = append(env, part.Variable{Name: contract.EnvEventQueueURL, Value: c.services.events.Queues[one.route.Name].URL})
	}
	return env
}
