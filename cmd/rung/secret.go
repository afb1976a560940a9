package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/stacks/manifest"
	vault "github.com/rung-dev/rung/stacks/secrets"
)

func (a *app) secretCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "secret",
		Short: "Keep the values of your app's secrets: in Secrets Manager, or beside an offline stack",
		Long: `Keep the values of your app's secrets. rung.yaml names them; their values go to
Secrets Manager, or, on the offline cloud and the lab, to a file that is yours
alone, and never to a stack's state or to user data. Machines fetch them before
each start of the app.`,
		RunE: func(c *cobra.Command, _ []string) error {
			return fmt.Errorf("want set, list or rotate, as in `%s`", example(c))
		},
		Example: "  rung secret set STRIPE_KEY < key.txt",
	}
	set := &cobra.Command{
		Use: "set NAME", Short: "Set a secret of your app; the value comes from the standard input",
		Example: "  rung secret set STRIPE_KEY < key.txt\n  rung secret set STRIPE_KEY --stack prod --cloud aws",
		Args:    wants("NAME"),
		RunE:    a.runs(func(ctx context.Context, args []string) error { return a.setSecret(ctx, args[0]) }),
	}
	list := &cobra.Command{
		Use: "list", Short: "List the secrets of your app and whether they have a value",
		Example: "  rung secret list", Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error { return a.listSecrets(ctx) }),
	}
	c.AddCommand(set, list, a.rotateCommand())
	return c
}

// named are the secrets of the stack's app, by variable.
func (a *app) namedSecrets(ctx context.Context) (map[string]manifest.Secret, vault.Store, error) {
	s, err := a.readBefore()
	if err != nil {
		return nil, nil, err
	}
	if s.config.App == nil {
		return nil, nil, usageError{"there is no " + manifest.FileName + " here and none in the stack: " +
			"docs/your-app.md says how an app names its secrets"}
	}
	named := map[string]manifest.Secret{}
	for name, secret := range s.config.App.Secrets {
		named[name] = secret.Named(a.flags.stack, name)
	}
	if a.flags.offline() {
		root := engine.Cloud(a.flags.cloud).Root(a.flags.dir)
		return named, vault.File(filepath.Join(root, "secrets", a.flags.stack+".json")), nil
	}
	store, err := vault.Open(ctx, s.config.Regions, a.flags.stack)
	return named, store, err
}

// readBefore reads what the stack is, or would be: secrets are set before the first
// machine starts.
func (a *app) readBefore() (*session, error) {
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	set, err := parseSet(a.flags.set)
	if err != nil {
		return nil, err
	}
	if stored["stage"] == "" && set["stage"] == "" {
		return a.read("1")
	}
	return a.read("")
}

// ownSecret is the secret of that name whose value rung may change, and where it is kept.
func (a *app) ownSecret(ctx context.Context, verb, name string) (manifest.Secret, vault.Store, error) {
	named, store, err := a.namedSecrets(ctx)
	if err != nil {
		return manifest.Secret{}, nil, err
	}
	secret, ok := named[name]
	at := fmt.Sprintf("secret %s %s: ", verb, name)
	switch {
	case !ok:
		names := slices.Sorted(maps.Keys(named))
		err = usageError{fmt.Sprintf("%sthe app does not name it: want one of %s, or add it to secrets in %s%s", at,
			strings.Join(names, ", "), manifest.FileName, didYouMean(name, names, ""))}
	case secret.Parameter && !a.flags.offline():
		err = usageError{fmt.Sprintf("%sit is a parameter of SSM: aws ssm put-parameter --type SecureString --overwrite "+
			"--name %s", at, secret.ID)}
	case secret.Field != "":
		err = usageError{fmt.Sprintf("%sit is one key of the secret %s, which has others: set that as a whole where it is "+
			"kept", at, secret.ID)}
	}
	return secret, store, err
}

func (a *app) setSecret(ctx context.Context, name string) error {
	secret, store, err := a.ownSecret(ctx, "set", name)
	if err != nil {
		return err
	}
	value, err := a.secretValue("set", name)
	if err != nil {
		return err
	}
	if err := store.Set(ctx, secret.ID, value); err != nil {
		return err
	}
	a.say("%s is set. Machines that start have it; `rung secret rotate` lets those that run take a new value.", secret.ID)
	return nil
}

// secretValue reads a value, which is never on the command line: others see that.
func (a *app) secretValue(verb, name string) (string, error) {
	var text []byte
	var err error
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.say("Value of %s (it is not shown):", name)
		text, err = term.ReadPassword(int(f.Fd()))
	} else {
		text, err = io.ReadAll(io.LimitReader(bufio.NewReader(a.in), vault.MaxBytes+2))
	}
	value := strings.TrimRight(string(text), "\r\n")
	switch {
	case err != nil:
		return "", fmt.Errorf("read the value of %s: %w", name, err)
	case value == "" || len(value) > vault.MaxBytes || strings.ContainsAny(value, "\n\r\x00"):
		return "", usageError{fmt.Sprintf("secret %s %s: want one line of 1 to %d bytes on the standard input", verb, name,
			vault.MaxBytes)}
	}
	return value, nil
}

func (a *app) listSecrets(ctx context.Context) error {
	named, store, err := a.namedSecrets(ctx)
	if err != nil {
		return err
	}
	kept := map[string]vault.Entry{}
	for _, prefix := range prefixesOf(named) {
		list, err := store.List(ctx, prefix)
		if err != nil {
			return err
		}
		for _, e := range list {
			kept[e.ID] = e
		}
	}
	var missing error
	for _, name := range slices.Sorted(maps.Keys(named)) {
		s := named[name]
		e, there := kept[s.ID]
		switch {
		case s.Parameter && !a.flags.offline():
			fmt.Fprintf(a.out, "%s  ssm:%s\n", name, s.ID)
		case there && len(e.Missing) > 0:
			regions := strings.Join(e.Missing, ", ")
			fmt.Fprintf(a.out, "%s  %s  is not in %s: rung secret set %s puts it there\n", name, s.ID, regions, name)
			missing = errors.Join(missing, fmt.Errorf("%s has no value in %s", name, regions))
		case there:
			fmt.Fprintf(a.out, "%s  %s  set %s\n", name, s.ID, e.Changed.Format("2006-01-02 15:04"))
		default:
			fmt.Fprintf(a.out, "%s  %s  has no value: rung secret set %s\n", name, s.ID, name)
			missing = errors.Join(missing, fmt.Errorf("%s has no value", name))
		}
	}
	return missing
}

// prefixesOf are the names to ask for: of each secret what makes it one.
func prefixesOf(named map[string]manifest.Secret) (list []string) {
	for _, s := range named {
		if !s.Parameter && !slices.Contains(list, s.ID) {
			list = append(list, s.ID)
		}
	}
	slices.Sort(list)
	return list
}
