package polyglot

import (
	"fmt"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/queue"
)

// outputType is what a field of a result is at the border.
func outputType(made reflect.Type) reflect.Type {
	if _, is := outputs[made]; is {
		return made
	}
	switch made {
	case textInput:
		return reflect.TypeFor[pulumi.StringOutput]()
	case reflect.TypeFor[pulumi.StringArray](), reflect.TypeFor[[]pulumi.StringOutput]():
		return reflect.TypeFor[pulumi.StringArrayOutput]()
	case reflect.TypeFor[map[string]*queue.Queue]():
		return reflect.TypeFor[pulumi.StringMapOutput]()
	}
	switch {
	case made.Kind() == reflect.Map && made.Elem() == reflect.TypeFor[pulumi.StringOutput]():
		return reflect.TypeFor[pulumi.StringMapOutput]()
	case made.Kind() == reflect.String:
		return reflect.TypeFor[pulumi.StringOutput]()
	case made.Kind() == reflect.Int:
		return reflect.TypeFor[pulumi.IntOutput]()
	case made.Kind() == reflect.Bool:
		return reflect.TypeFor[pulumi.BoolOutput]()
	}
	panic(fmt.Sprintf("a result of type %s cannot cross between languages; name its field in without", made))
}

// given is a result as it crosses; nil for none.
func given(made reflect.Value) pulumi.Input {
	switch v := made.Interface().(type) {
	case pulumi.StringArray:
		return v
	case []pulumi.StringOutput:
		all := pulumi.StringArray{}
		for _, s := range v {
			all = append(all, s)
		}
		return all
	case map[string]*queue.Queue:
		all := pulumi.StringMap{}
		for name, q := range v {
			all[name] = q.URL
		}
		return all
	case pulumi.Output:
		if reflect.ValueOf(v).IsZero() {
			return nil
		}
		return v
	case pulumi.StringInput:
		return v
	case nil:
		return nil
	}
	return plainly(made)
}

// plainly is a result that was known beforehand, or a map of results.
func plainly(made reflect.Value) pulumi.Input {
	switch made.Kind() {
	case reflect.Map:
		all := pulumi.StringMap{}
		for _, key := range made.MapKeys() {
			all[key.String()] = made.MapIndex(key).Interface().(pulumi.StringOutput)
		}
		return all
	case reflect.String:
		return pulumi.String(made.String())
	case reflect.Int:
		return pulumi.Int(int(made.Int()))
	case reflect.Bool:
		return pulumi.Bool(made.Bool())
	}
	return nil
}
