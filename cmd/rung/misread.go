package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// misread is a flag that cannot be taken. The flags end there for pflag, whatever else is
// wrong with the line.
type misread struct{ error }

// mostWrong bounds what is told of one line.
const mostWrong = 20

// allWrong is everything that is wrong with a line of which something was misread: each
// flag, and then the arguments.
func allWrong(root *cobra.Command, args []string) error {
	c, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	var errs []error
	for range mostWrong {
		err := c.ParseFlags(rest)
		if err == nil {
			return errors.Join(append(errs, c.ValidateArgs(c.Flags().Args()))...)
		}
		errs = append(errs, inFlagWords(c, err))
		shorter, found := withoutMisread(rest, err)
		if !found {
			break
		}
		rest = shorter
	}
	return errors.Join(errs...)
}

// withoutMisread is a line without the flag that was misread, and without the word behind it
// where that is, or may be, its value.
func withoutMisread(args []string, err error) (_ []string, found bool) {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	names, valued := []string(nil), true
	switch {
	case errors.As(err, &unknown):
		names = spelled(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
	case errors.As(err, &missing):
		names, valued = spelled(missing.GetSpecifiedName(), missing.GetSpecifiedShortnames()), false
	case errors.As(err, &invalid):
		names = spelled(invalid.GetFlag().Name, invalid.GetFlag().Shorthand)
	case errors.As(err, &syntax):
		names = []string{syntax.GetSpecifiedFlag()}
	}
	at := slices.IndexFunc(args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return slices.Contains(names, name)
	})
	if at < 0 {
		return args, false
	}
	end := at + 1
	if valued && !strings.Contains(args[at], "=") && end < len(args) && !strings.HasPrefix(args[end], "-") {
		end++
	}
	return slices.Concat(args[:at], args[end:]), true
}

func spelled(name, shorthand string) []string {
	return []string{"--" + name, "-" + cmp.Or(shorthand, name)}
}

// kinds are what flags of a type take, in words.
var kinds = map[string]string{
	"float64": "a number", "int": "a whole number", "uint64": "a whole number from 0 on", "bool": "true or false",
	"duration": "how long, as in 30s, 15m or 2h",
}

// inFlagWords says what a flag takes, in place of how it was parsed.
func inFlagWords(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		c.InheritedFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		return fmt.Errorf("%w%s", err, didYouMean(unknown.GetSpecifiedName(), names, "--"))
	case errors.As(err, &missing):
		return fmt.Errorf("--%s: got nothing, want %s", missing.GetFlag().Name, wantedOf(missing.GetFlag()))
	case errors.As(err, &invalid) && kinds[invalid.GetFlag().Value.Type()] != "":
		return fmt.Errorf("--%s: got %q, want %s", invalid.GetFlag().Name, invalid.GetValue(), wantedOf(invalid.GetFlag()))
	}
	return err
}

// wantedOf is what a flag takes.
func wantedOf(f *pflag.Flag) string {
	if kind := kinds[f.Value.Type()]; kind != "" {
		return kind
	}
	name, usage := pflag.UnquoteUsage(f)
	return fmt.Sprintf("a %s: %s", name, usage)
}
