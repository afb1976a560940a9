package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// Function is one of CloudFront's functions, or a Lambda@Edge: its code, and what its
// key-value store has.
type Function struct {
	Code  string
	Store map[string]string
}

// compiled is a function ready to be called. Each call has an engine for itself, which
// is used again afterwards: what a function keeps in variables of its own may or may
// not be there the next time, as in CloudFront.
type compiled struct {
	program *goja.Program
	store   map[string]string
	engines sync.Pool
}

// module is how a function asks for CloudFront's own module, the only one there is.
var module = regexp.MustCompile(`(?m)^\s*import\s+(\w+)\s+from\s+['"]cloudfront['"]\s*;?`)

func compile(name string, f Function) (*compiled, error) {
	program, err := goja.Compile(name, module.ReplaceAllString(f.Code, "const $1 = cloudfront;"), false)
	if err != nil {
		return nil, fmt.Errorf("read the function %s: %w", name, err)
	}
	return &compiled{program: program, store: f.Store}, nil
}

// engine is a JavaScript engine with the function in it.
type engine struct {
	vm     *goja.Runtime
	handle goja.Callable
	parse  goja.Callable
}

func (c *compiled) engine() (*engine, error) {
	if e, ok := c.engines.Get().(*engine); ok {
		return e, nil
	}
	vm := goja.New()
	for name, value := range map[string]any{"cloudfront": c.module(vm), "require": modules(vm), "console": console(vm),
		"exports": vm.NewObject()} {
		if err := vm.Set(name, value); err != nil {
			return nil, err
		}
	}
	if _, err := vm.RunProgram(c.program); err != nil {
		return nil, fmt.Errorf("run the function: %w", err)
	}
	e := &engine{vm: vm}
	handler := vm.Get("handler")
	if handler == nil { // Lambda's are exported
		handler = vm.Get("exports").ToObject(vm).Get("handler")
	}
	var ok bool
	if e.handle, ok = goja.AssertFunction(handler); !ok {
		return nil, errors.New("run the function: it has no handler")
	}
	e.parse, _ = goja.AssertFunction(vm.Get("JSON").ToObject(vm).Get("parse"))
	return e, nil
}

// patience is how long a function may take: CloudFront's may take a millisecond, and the
// lab's processors are busy.
const patience = 2 * time.Second

// call runs the function on an event; answer is what it says, as JSON.
func (c *compiled) call(event any) (answer []byte, err error) {
	text, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	e, err := c.engine()
	if err != nil {
		return nil, err
	}
	alarm := time.AfterFunc(patience, func() { e.vm.Interrupt("it takes longer than " + patience.String()) })
	given, err := e.parse(goja.Undefined(), e.vm.ToValue(string(text)))
	if err == nil {
		given, err = e.handle(goja.Undefined(), given)
	}
	alarm.Stop()
	e.vm.ClearInterrupt()
	if err == nil {
		given, err = settled(given)
	}
	if err != nil {
		return nil, fmt.Errorf("call the function: %w", err)
	}
	answer, err = given.ToObject(e.vm).MarshalJSON()
	if err == nil {
		c.engines.Put(e)
	}
	return answer, err
}

// settled is what a promise has come to: nothing that a function may wait for takes time.
func settled(v goja.Value) (goja.Value, error) {
	p, ok := v.Export().(*goja.Promise)
	if !ok {
		return v, nil
	}
	switch p.State() {
	case goja.PromiseStateFulfilled:
		return p.Result(), nil
	case goja.PromiseStateRejected:
		return nil, errors.New(p.Result().String())
	}
	return nil, errors.New("it waits for something that never comes")
}
