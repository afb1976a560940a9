package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/names"
	"github.com/rung-dev/rung/outside/nearest"
)

// flags are those that all commands share.
type flags struct {
	stack, cloud, format, dir string
	// output is the file to write to; empty is the standard output.
	output string
	set    []string
	yes    bool
	// quiet leaves out all but the result and errors; wide uses a terminal's whole width.
	quiet, wide bool
	// gone is how many resources a refresh may find gone where most are.
	gone int
	// noPolicies leaves the policy pack out.
	noPolicies bool
	// sarif is the file for what the policies say; empty is none.
	sarif string
}

// The formats of the output.
const (
	formatTable    = "table"
	formatJSON     = "json"
	formatMarkdown = "markdown"
	formatHTML     = "html"
)

func formats() []string { return []string{formatTable, formatJSON, formatMarkdown, formatHTML} }

// whole reports whether the format is one document, which the end of a command
// completes, and not one piece after another.
func (f *flags) whole() bool { return f.format == formatJSON || f.format == formatHTML }

func (f *flags) common(set *pflag.FlagSet) {
	set.StringVar(&f.stack, "stack", "dev", "`name` of the stack")
	set.StringVar(&f.cloud, "cloud", string(engine.Offline),
		"`cloud` to work on: offline (simulated, free), lab (the same, and real servers on this machine) or aws (your "+
			"account)")
	set.StringVar(&f.format, "format", formatTable, "`format` of the output: "+strings.Join(formats(), ", "))
	set.StringVar(&f.output, "output", "",
		"write to this `file` instead of the terminal; its ending (.html, .json, .md, .txt) names the format")
	set.StringVar(&f.dir, "dir", ".", "`directory` of the stack; those of offline and lab lie in its .rung")
	set.StringArrayVar(&f.set, "set", nil,
		"set a key of the configuration by `key=value`; repeatable, rung config lists the keys")
	set.BoolVar(&f.quiet, "quiet", false, "say nothing but the result and what went wrong")
	set.BoolVar(&f.wide, "wide", false, "use all columns of a wide terminal, so that less is cut")
}

// check reports every wrong value at once.
func (f *flags) check() error {
	var errs []error
	if !slices.Contains(formats(), f.format) {
		errs = append(errs, usageError{fmt.Sprintf("--format: got %q, want one of %s%s", f.format,
			strings.Join(formats(), ", "), didYouMean(f.format, formats(), ""))})
	}
	var clouds []string
	for _, c := range engine.Clouds() {
		clouds = append(clouds, string(c))
	}
	if _, err := engine.ParseCloud(f.cloud); err != nil {
		errs = append(errs, usageError{fmt.Sprintf("--cloud: got %q, want offline, lab or aws%s", f.cloud,
			didYouMean(f.cloud, clouds, ""))})
	}
	if info, err := os.Stat(f.dir); err != nil || !info.IsDir() {
		errs = append(errs, usageError{fmt.Sprintf("--dir: got %q, want a directory that exists", f.dir)})
	}
	if err := f.checkOutput(); err != nil {
		errs = append(errs, err)
	}
	if err := names.Check(f.stack); err != nil {
		errs = append(errs, usageError{"--stack: " + err.Error()})
	}
	return errors.Join(errs...)
}

// endings are the formats that the ending of a file names.
var endings = map[string]string{
	".html": formatHTML, ".htm": formatHTML, ".json": formatJSON, ".md": formatMarkdown, ".txt": formatTable,
}

// fitFormat takes the format from the file's ending where none was given.
func (f *flags) fitFormat(given bool) {
	if format, known := endings[strings.ToLower(filepath.Ext(f.output))]; known && !given {
		f.format = format
	}
}

// foreign are endings that promise a document which rung does not write.
var foreign = []string{".pdf", ".ps", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".tsv", ".xml",
	".yaml", ".yml", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".sarif"}

func (f *flags) checkOutput() error {
	if f.output == "" {
		return nil
	}
	if ending := strings.ToLower(filepath.Ext(f.output)); slices.Contains(foreign, ending) {
		stem := strings.TrimSuffix(f.output, filepath.Ext(f.output))
		return usageError{fmt.Sprintf("--output: got %q, and rung writes no %s: want a file that ends in .html, .json, .md "+
			"or .txt; %s.html prints well, to PDF too", f.output, strings.ToUpper(ending[1:]), stem)}
	}
	if info, err := os.Stat(filepath.Dir(f.output)); err != nil || !info.IsDir() {
		return usageError{fmt.Sprintf("--output: got %q, want a file in a directory that exists", f.output)}
	}
	if info, err := os.Stat(f.output); err == nil && info.IsDir() {
		return usageError{fmt.Sprintf("--output: got %q, which is a directory; want a file, such as %s", f.output,
			filepath.Join(f.output, "report.html"))}
	}
	return nil
}

// offline reports whether the run is on the simulated cloud, with or without servers
// that do what it says.
func (f *flags) offline() bool { return engine.Cloud(f.cloud).Simulated() }

// lab reports whether the run is on the lab.
func (f *flags) lab() bool { return f.cloud == string(engine.Lab) }

// flagError marks what pflag could not take, so that the rest of the line is looked at, too.
func flagError(_ *cobra.Command, err error) error { return misread{err} }

// didYouMean goes on with a message by the nearest choice; empty when none is near.
func didYouMean(given string, choices []string, prefix string) string {
	question := nearest.Question(given, choices, prefix)
	if question == "" {
		return ""
	}
	return "; " + question
}

// wants checks the number of arguments and says what they are.
func wants(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return fmt.Errorf("%s: got %s, want %s, as in `%s`", wordsOf(c), inQuotes(args), strings.Join(names, " and "),
			example(c))
	}
}

// example is the first example of a command, on one line.
func example(c *cobra.Command) string {
	line, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
	return line
}
