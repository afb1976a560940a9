package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/engine"
)

func (a *app) tunnelCommand() *cobra.Command {
	port := 0
	c := &cobra.Command{
		Use:   "tunnel STORE",
		Short: "Open a local port that leads to the database or the cache, without a bastion",
		Long: `Open a port on this machine that leads to a store of the stack: database or cache, or a
component's name. On AWS it goes through a machine by Systems Manager, one connection at a
time, and no port of the stack is opened to anybody; in the lab it leads to the server
that stands in. Ctrl-C ends it.`,
		Example: "  rung tunnel database --cloud aws\n  rung tunnel cache --port 6380",
		Args:    wants("STORE"),
		RunE:    a.runs(func(ctx context.Context, args []string) error { return a.tunnel(ctx, args[0], port) }),
	}
	c.Flags().IntVar(&port, "port", 0, "the local `port`; 0 is one that is free")
	return c
}

func (a *app) tunnel(ctx context.Context, name string, port int) (err error) {
	const mostPort = 65535
	if port < 0 || port > mostPort {
		return usageError{fmt.Sprintf("--port: got %d, want 0 to %d", port, mostPort)}
	}
	d, m, err := a.openMachine(ctx, "tunnel", "", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	store, err := d.stands.Store(name)
	if err != nil {
		return usageError{err.Error()}
	}
	at, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fmt.Errorf("open a local port: %w", err)
	}
	defer func() { _ = at.Close() }() // which the tunnel may have done
	defer engine.Hands()()            // the session is ended before this is
	a.say("%s leads to %s (%s:%d) by way of %s. Ctrl-C ends it.", at.Addr(), store.Name, store.Host, store.Port, m.ID)
	return d.driver.Tunnel(ctx, m, store.Host, store.Port, at)
}

func (a *app) openCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "open",
		Short: "Print where the site is, and open it in a browser where there is one",
		Long: `Print the address of the site, as the stack's outputs have it, and open it with the
desktop's own program where the output is a terminal.`,
		Example: "  rung open --stack prod --cloud aws",
		Args:    cobra.NoArgs,
		RunE:    a.runs(func(ctx context.Context, _ []string) error { return a.openSite(ctx) }),
	}
}

func (a *app) openSite(ctx context.Context) (err error) {
	d, err := a.openDay(ctx, "open", false, appAsItStands)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	resources, err := d.stack.Resources(ctx)
	if err != nil {
		return err
	}
	outputs, err := d.inLab(ctx, outputsOf(resources))
	if err != nil {
		return err
	}
	url, _ := outputs["url"].(string)
	if url == "" {
		return fmt.Errorf("stack %s says no url; `rung up %d` ends with its outputs", d.stack.Name(), d.config.Stage)
	}
	fmt.Fprintln(a.out, url)
	program, err := exec.LookPath("xdg-open")
	if _, terminal := terminalOf(a.out); !terminal || err != nil || !strings.HasPrefix(url, "http") {
		return nil
	}
	return exec.CommandContext(ctx, program, url).Start()
}
