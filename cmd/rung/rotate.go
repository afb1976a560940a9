package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/operate"
	"github.com/rung-dev/rung/stacks/manifest"
	vault "github.com/rung-dev/rung/stacks/secrets"
)

// rotation is how a secret gets another value.
type rotation struct {
	// given takes the value from the standard input, back the one of before; neither makes
	// one up.
	given, back bool
	patience    time.Duration
}

func (a *app) rotateCommand() *cobra.Command {
	var how rotation
	c := &cobra.Command{
		Use:   "rotate NAME",
		Short: "Give a secret another value, and let the machines that run take it",
		Long: `Give a secret of your app another value, made up (26 letters and digits, 130 random bits)
or with --given from the standard input, and let what runs take it: a fleet's machines are
replaced one after another, new ones before old ones go, under the alarms of the last
release; the app on the one server is restarted, which takes it seconds; in the lab each
app is restarted. The value of before is kept (AWSPREVIOUS in Secrets Manager) and comes back by
itself where the machines do not become healthy, or by --back. Whoever issued it must let
both work until the command has ended: revoke the old one then.

Exit code 0: all machines have it; 1: the value of before is back, or it could not be
followed.`,
		Example: "  rung secret rotate SESSION_KEY --cloud aws\n  rung secret rotate STRIPE_KEY --given < key.txt\n" +
			"  rung secret rotate STRIPE_KEY --back",
		Args: wants("NAME"),
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.rotateSecret(ctx, args[0], how) }),
	}
	c.Flags().BoolVar(&how.given, "given", false, "take the new value from the standard input")
	c.Flags().BoolVar(&how.back, "back", false, "make the value of before the current one again")
	c.Flags().BoolVar(&a.flags.yes, "yes", false, "do not ask before changing anything on AWS")
	c.Flags().DurationVar(&how.patience, "patience", defaultPatience, "how long the machines may take until all have it")
	return c
}

func (a *app) rotateSecret(ctx context.Context, name string, how rotation) error {
	err := checkPatience(how.patience)
	if how.given && how.back {
		err = errors.Join(err, usageError{"got --given and --back, want one of them"})
	}
	if err != nil {
		return err
	}
	secret, store, err := a.ownSecret(ctx, "rotate", name)
	if err != nil {
		return err
	}
	return a.onDay(ctx, "secret rotate", false, appAsItStands, func(d *day) error {
		if err := hasValue(ctx, store, name, secret); err != nil {
			return err
		}
		value := rand.Text()
		if how.given {
			if value, err = a.secretValue("rotate", name); err != nil {
				return err
			}
		}
		question := fmt.Sprintf("Change %s and start the app of stack %s anew?", secret.ID, d.stack.Name())
		if err := a.consent(question); err != nil {
			return err
		}
		change := func() error { return store.Set(ctx, secret.ID, value) }
		if how.back {
			change = func() error { return store.Back(ctx, secret.ID) }
		}
		if err := change(); errors.Is(err, vault.ErrNoneBefore) {
			return usageError{err.Error()}
		} else if err != nil {
			return err
		}
		a.say("%s has another value; the one of before is kept.", secret.ID)
		return d.takeSecret(ctx, secret, store, how.patience)
	})
}

// hasValue fails for a secret that was never set: there is nothing to rotate.
func hasValue(ctx context.Context, store vault.Store, name string, secret manifest.Secret) error {
	list, err := store.List(ctx, secret.ID)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.ID == secret.ID {
			return nil
		}
	}
	return usageError{fmt.Sprintf("secret rotate %s: it has no value yet: `rung secret set %s` gives it one", name, name)}
}

// takeSecret lets what runs take a secret's new value; where it does not come up with it,
// the value of before comes back.
func (d *day) takeSecret(ctx context.Context, secret manifest.Secret, store vault.Store, patience time.Duration) error {
	begun, says, err := d.restart(ctx, patience)
	switch {
	case errors.Is(err, operate.ErrNotHere):
		d.app.say("Nothing runs here that would take it: %v", err)
		return nil
	case ctx.Err() != nil:
		d.app.say("The machines go on taking it without this command: `rung status` says how far they are.")
		return ctx.Err()
	case err == nil && says == "":
		d.app.say("All machines have it. Revoke the old value where it was issued; until the next change --back brings it " +
			"back.")
		return nil
	}
	d.app.say("The new value of %s did not stay: %v", secret.ID, errors.Join(err, said(says)))
	if back := store.Back(ctx, secret.ID); back != nil {
		return errors.Join(fmt.Errorf("%s keeps its new value", secret.ID), err, said(says), back)
	}
	d.app.say("The value of before is the current one again.")
	if begun {
		_, again, wrong := d.restart(ctx, patience)
		err = errors.Join(err, wrong, said(again))
	}
	return errors.Join(fmt.Errorf("%w: %s has its value of before", errWentBack, secret.ID), err, said(says))
}

// said is what went wrong as an error; nil for nothing.
func said(says string) error {
	if says == "" {
		return nil
	}
	return errors.New(says)
}

// restart starts the app anew on all machines of the stack, and follows it: begun says
// that some were told to, says why machines did not come up.
func (d *day) restart(ctx context.Context, patience time.Duration) (begun bool, says string, err error) {
	begin := time.Now()
	for _, p := range d.stands.Parts {
		if !p.Runs() {
			continue
		}
		d.app.say("%s starts its app anew.", p.Name)
		if err := d.driver.Restart(ctx, p); err != nil {
			return begun || p.Kind == operate.Server, "", err
		}
		begun = true
	}
	got, err := operate.Watch(ctx, d.driver, d.stands, operate.Watching{Since: begin, Patience: patience,
		Tell: func(p operate.Progress) { d.app.say("%s", p) }})
	if err == nil && got.State != operate.Done {
		says = saidOf(got)
	}
	return begun, says, err
}
