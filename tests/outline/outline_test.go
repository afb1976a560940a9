package outline_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rung-dev/rung/tests/outline"
)

// Whatever a program has that is not known here is an error, so that no test passes by
// leaving it out.
func TestNothingIsPassedOver(t *testing.T) {
	for what, text := range map[string]string{
		"the option ignoreChanges": "resources: {a: {type: aws:sns:Topic, options: {ignoreChanges: [name]}}}",
		"the option version of a call": "variables: {v: {fn::invoke: {function: aws:index/getRegion:getRegion, " +
			"options: {version: 1.0.0}}}}\noutputs: {v: \"${v}\"}",
		"fn::split": "outputs: {v: {fn::split: [\",\", \"a,b\"]}}",
	} {
		program, err := outline.Parse(text)
		if err == nil {
			err = pulumi.RunErr(program.Run, pulumi.WithMocks("p", "s", nobody{}))
		}
		require.Error(t, err, what)
		assert.ErrorContains(t, err, what)
	}
}

// nobody answers nothing.
type nobody struct{}

func (nobody) NewResource(a pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return a.Name, a.Inputs, nil
}

func (nobody) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }
