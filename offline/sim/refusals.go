package sim

import (
	"errors"
	"fmt"
	"strings"
)

// Refusal is an error of the simulated service.
type Refusal struct {
	// Code is the service's own error code.
	Code string
	// Message is what the service says; Hint is one sentence on what to change.
	Message, Hint string

	inUse bool // something else still depends on the resource
}

func (r *Refusal) Error() string {
	text := strings.TrimSuffix(r.Message, ".") + "."
	if r.Hint != "" {
		text += " " + r.Hint
	}
	return "api error " + r.Code + ": " + text
}

// Refuse makes the service's refusal: its code, its message, and one sentence
// that says what to change.
func Refuse(code, message, hint string) error {
	return &Refusal{Code: code, Message: message, Hint: hint}
}

// present wraps a refusal the way the real provider shows it. Other errors are
// the simulation's own trouble and pass with the attempt before them.
func (o *Op) present(err error) error {
	if err == nil {
		return nil
	}
	attempt := map[Verb]string{Create: "creating", Update: "updating", Delete: "deleting"}[o.Verb] + " " + o.Kind.noun()
	if o.ID != "" && o.Verb != Create {
		attempt += " (" + o.ID + ")"
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	return fmt.Errorf("%s: operation error %s: %s, https response error StatusCode: 400, RequestID: %s, %w",
		attempt, o.Kind.Service, o.Kind.operation(o.Verb), o.UUID("request"), err)
}

func (k *Kind) noun() string {
	if k.Noun != "" {
		return k.Noun
	}
	return strings.TrimSpace(k.Service + " " + k.API)
}

func (k *Kind) operation(v Verb) string {
	if name := k.Verbs[v]; name != "" {
		return name
	}
	return map[Verb]string{Create: "Create", Update: "Modify", Delete: "Delete"}[v] + k.API
}
