package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/preview/brief"
	"github.com/rung-dev/rung/preview/view"
)

func (a *app) mcpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mcp",
		Short: "Answer an assistant's questions over the Model Context Protocol; changes nothing",
		Long: `Serves the Model Context Protocol on the standard input and output, for assistants:
preview, diff, cost, save, explain and policies, as tools that only read. Each answer
has counts before lists and stays under 1,000 tokens. --dir, --stack and --cloud say
what the questions are about.`,
		Example: `  rung mcp --dir ~/site
  {"mcpServers": {"rung": {"command": "rung", "args": ["mcp", "--dir", "/home/me/site"]}}}`,
		Args: cobra.NoArgs,
		RunE: a.runs(func(ctx context.Context, _ []string) error {
			err := a.mcpServer().Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(a.in), Writer: unclosed{a.out}})
			if errors.Is(err, io.EOF) { // the assistant has gone
				return nil
			}
			return err
		}),
	}
}

// unclosed keeps the standard output open when a server ends.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

// question is what all tools take.
type question struct {
	Component string `json:"component,omitempty" jsonschema:"only this component: database, web, cache, …"`
	Name      string `json:"name,omitempty" jsonschema:"only what has this in its name or type"`
	Rows      int    `json:"rows,omitempty" jsonschema:"the most rows to list; 10 where it is not given"`
	// Set are settings as --set takes them.
	Set []string `json:"set,omitempty" jsonschema:"settings as key=value, database.replicas=2 say"`
}

func (q question) filter() brief.Filter {
	return brief.Filter{Component: q.Component, Name: q.Name, Rows: q.Rows}
}

type previewQuestion struct {
	question
	Stage int    `json:"stage" jsonschema:"the stage to bring the stack to, 1 to 6"`
	Op    string `json:"op,omitempty" jsonschema:"only create, update, replace or delete"`
}

type diffQuestion struct {
	question
	From int    `json:"from" jsonschema:"the stage to climb from, 1 to 6"`
	To   int    `json:"to" jsonschema:"the stage to climb to, 1 to 6"`
	Op   string `json:"op,omitempty" jsonschema:"only create, update, replace or delete"`
}

type moneyQuestion struct {
	question
	Stage int    `json:"stage,omitempty" jsonschema:"a stage, 1 to 6; or give file"`
	File  string `json:"file,omitempty" jsonschema:"any Pulumi stack: a file of pulumi stack export or preview --json"`
}

type policyQuestion struct {
	question
	Stage int    `json:"stage" jsonschema:"the stage to judge, 1 to 6"`
	Level string `json:"level,omitempty" jsonschema:"list the rules of this level: mandatory or advisory"`
}

type explainQuestion struct {
	Key       string `json:"key,omitempty" jsonschema:"a setting: database.multiAz, budget, …"`
	Rule      string `json:"rule,omitempty" jsonschema:"the id of a policy's rule"`
	Component string `json:"component,omitempty" jsonschema:"a component of a stage: database, web, …"`
	Stage     int    `json:"stage,omitempty" jsonschema:"the component's stage; 4 where it is not given"`
}

// mcpServer has the tools. Questions are answered one after another: they may be about
// one stack.
func (a *app) mcpServer() *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "rung", Title: "rung", Version: ownVersion()}, &mcp.ServerOptions{
		Instructions: "rung climbs a web system on AWS from stage 1 to 6. These tools read and change nothing. Ask narrow " +
			"questions: component, name and rows narrow every answer.",
	})
	one := &sync.Mutex{}
	addTool(server, one, "preview",
		"What bringing the stack to a stage changes and costs a month, and what data is in danger.",
		func(ctx context.Context, q previewQuestion) (string, error) {
			f := q.filter()
			f.Op = q.Op
			return a.answer(ctx, f, q.Set, "preview", strconv.Itoa(q.Stage))
		})
	addTool(server, one, "diff", "What a climb from one stage to another changes and costs, without any stack.",
		func(ctx context.Context, q diffQuestion) (string, error) {
			f := q.filter()
			f.Op = q.Op
			return a.answer(ctx, f, q.Set, "diff", strconv.Itoa(q.From), strconv.Itoa(q.To))
		})
	addTool(server, one, "cost", "What a stage, or any Pulumi stack in a file, costs a month, by component or by item.",
		func(ctx context.Context, q moneyQuestion) (string, error) {
			return a.answer(ctx, q.filter(), q.Set, append([]string{"cost"}, q.args()...)...)
		})
	addTool(server, one, "save", "How to have the same resources for less, ranked by money, with commitment and risk.",
		func(ctx context.Context, q moneyQuestion) (string, error) {
			return a.answer(ctx, q.filter(), q.Set, append([]string{"save"}, q.args()...)...)
		})
	addTool(server, one, "policies", "Which rules judge a stage and what breaks them; with level or name, the rules.",
		func(_ context.Context, q policyQuestion) (string, error) { return a.judge(q) })
	addTool(server, one, "explain", "One setting, one rule, or one component of a stage, explained.",
		func(_ context.Context, q explainQuestion) (string, error) { return a.explain(q) })
	return server
}

func (q moneyQuestion) args() []string {
	if q.File != "" {
		return []string{"--file", q.File}
	}
	return []string{strconv.Itoa(q.Stage)}
}

// addTool adds a tool that only reads, and whose errors are answers too.
func addTool[Q any](s *mcp.Server, one *sync.Mutex, name, description string,
	answer func(context.Context, Q) (string, error)) {
	world := false
	tool := &mcp.Tool{Name: name, Description: description, Annotations: &mcp.ToolAnnotations{
		ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &world,
	}}
	mcp.AddTool(s, tool, func(ctx context.Context, _ *mcp.CallToolRequest, q Q) (*mcp.CallToolResult, any, error) {
		one.Lock()
		defer one.Unlock()
		text, err := answer(ctx, q)
		if err != nil {
			return nil, nil, errors.New(strings.TrimSpace(brief.Facts(err.Error())))
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil, nil
	})
}

// answer runs one of the tool's own commands and says in brief what it would show. What
// stops a plan is part of the answer and no error.
func (a *app) answer(ctx context.Context, f brief.Filter, set []string, args ...string) (string, error) {
	var text string
	var said bytes.Buffer
	asked := a.beside(&said)
	asked.taken = func(d document) { text = short(d, f) }
	for _, s := range set {
		args = append(args, "--set="+s)
	}
	args = append(args, "--stack="+a.flags.stack, "--dir="+a.flags.dir, "--cloud="+a.flags.cloud, "--quiet")
	code := asked.run(ctx, args)
	if text == "" {
		return "", fmt.Errorf("%s (exit code %d)", strings.TrimSpace(said.String()), code)
	}
	return text, nil
}

// beside is the command once more, for one question, with errors to be read.
func (a *app) beside(said io.Writer) *app {
	return &app{
		program: a.program, zone: a.zone, nameServers: a.nameServers, resolve: a.resolve, static: a.static, unwatched: a.unwatched,
		in: strings.NewReader(""), out: io.Discard, err: said,
	}
}

// short is a document in few words.
func short(d document, f brief.Filter) string {
	switch d := d.(type) {
	case view.Report:
		return brief.Report(d.Report(), f)
	case view.Bill:
		return brief.Bill(d.Bill(), f)
	case view.Savings:
		return brief.Savings(d.Of, d.Month, d.All, f)
	}
	return ""
}
