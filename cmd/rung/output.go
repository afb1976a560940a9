package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/preview/terminal"
)

// document is anything that can be shown in all formats.
type document interface {
	Table(io.Writer, terminal.Style) error
	JSON(io.Writer) error
	Markdown(io.Writer) error
	HTML(io.Writer) error
}

// show writes a document in the format asked for, to the standard output or the
// output file.
func (a *app) show(d document) error {
	if a.taken != nil {
		a.taken(d)
		return nil
	}
	if a.flags.output == "" {
		return a.render(a.out, d)
	}
	if a.flags.whole() { // the file holds one document, the last
		a.written.Reset()
	}
	if err := a.render(&a.written, d); err != nil {
		return err
	}
	if err := os.WriteFile(a.flags.output, a.written.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write the output: %w; choose another file with --output", err)
	}
	a.say("Written to %s.", a.flags.output)
	return nil
}

func (a *app) render(w io.Writer, d document) error {
	switch a.flags.format {
	case formatJSON:
		return d.JSON(w)
	case formatMarkdown:
		return d.Markdown(w)
	case formatHTML:
		return d.HTML(w)
	}
	return d.Table(w, a.style())
}

// style fits the output: colours only on a terminal, and not against NO_COLOR.
func (a *app) style() terminal.Style {
	if a.flags.output != "" {
		return terminal.Style{Wide: a.flags.wide}
	}
	width, isTerminal := terminalOf(a.out)
	return terminal.Style{Width: width, Wide: a.flags.wide, Color: isTerminal && os.Getenv("NO_COLOR") == ""}
}

// terminalOf is the width of w, and whether it is a terminal at all.
func terminalOf(w any) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0, true
	}
	return width, true
}

// announce says on the first line which cloud is meant. Formats that programs
// read keep their output pure, so there it goes to the standard error.
func (a *app) announce() {
	if a.flags.quiet {
		return
	}
	line := "AWS: this works on your account, and what it creates costs money"
	switch {
	case a.flags.lab():
		line = "lab: real servers on this machine; nothing here touches AWS or costs money"
	case a.flags.offline():
		line = "offline cloud: nothing here touches AWS or costs money (use --cloud aws for your account)"
	}
	w := a.out
	if a.flags.format != formatTable || a.plain {
		w = a.err
	}
	fmt.Fprintln(w, line)
}

// say tells the user what goes on, beside the output, unless that is to be quiet.
func (a *app) say(format string, args ...any) { a.log(fmt.Sprintf(format, args...)) }

// log is say for a finished sentence.
func (a *app) log(sentence string) {
	if !a.flags.quiet {
		a.fail(sentence)
	}
}

// fail is log for what went wrong, which is said in any case. It may quote whatever a
// file or a cloud said, and so passes through legible as all output does.
func (a *app) fail(sentence string) { fmt.Fprintln(a.err, legible.Text(sentence)) }

// progress shows the engine's work on the standard error.
func (a *app) progress() engine.Progress {
	if a.flags.quiet {
		return engine.Silent{}
	}
	_, live := terminalOf(a.err)
	live = live && os.Getenv("TERM") != "dumb" // which cannot wipe a line
	return engine.NewProgress(a.err, live, func() int {
		width, _ := terminalOf(a.err)
		return width
	})
}
