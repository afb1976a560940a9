package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/advise"
	"github.com/rung-dev/rung/advise/prometheus"
	"github.com/rung-dev/rung/cost"
	"github.com/rung-dev/rung/engine"
	"github.com/rung-dev/rung/outside/place"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/stacks/ladder"
)

// measuring are the flags of `rung advise`.
type measuring struct {
	file, prometheus string
	// cloudwatch asks the stack's own cloud, lab what the lab's last load has shown.
	cloudwatch, lab bool
	tuned           []string
}

func (a *app) adviseCommand() *cobra.Command {
	var m measuring
	c := &cobra.Command{
		Use:   "advise [STAGE]",
		Short: "Say from measurements whether to tune first, to climb or to stay, why, and what it costs",
		Long: `Say from measurements whether to tune first, to climb or to stay: for each of ten
symptoms why, what to tune before, what the climb costs more or less, what it changes,
what gives way next, and when not to. What was not measured is said and never guessed.
Without STAGE it is the one that the stack stands on. The measurements come from a file
that you fill in, from a Prometheus server or an app's page of metrics, from the stack's
own CloudWatch (so with --cloud aws where nothing else is named), from the lab's last load
(so with --cloud lab), or from several: what the file says wins, then Prometheus. See
docs/advise.md.`,
		Example: "  rung advise init\n  rung advise --cloud aws\n  rung advise --cloud lab\n  rung advise 2 --measurements measurements.yaml\n" +
			"  rung advise 3 --prometheus http://127.0.0.1:9090 --tuned indexes,larger-database",
		Args: cobra.MaximumNArgs(1),
		RunE: a.runs(func(ctx context.Context, args []string) error { return a.advise(ctx, strings.Join(args, ""), m) }),
	}
	c.Flags().StringVar(&m.file, "measurements", "", "`file` of measurements; rung advise init writes one to fill in")
	c.Flags().StringVar(&m.prometheus, "prometheus", "",
		"`address` of a Prometheus server, or of an app's page of metrics, which ends in /metrics")
	c.Flags().BoolVar(&m.cloudwatch, "cloudwatch", false,
		"ask what CloudWatch measured of the stack, besides what else is named")
	c.Flags().StringSliceVar(&m.tuned, "tuned", nil, "`steps` that were taken already, by their names")
	c.AddCommand(a.adviseInitCommand())
	return c
}

func (a *app) adviseInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a file of measurements to fill in; measurements.yaml without a name",
		Args:  cobra.MaximumNArgs(1),
		RunE: a.runs(func(_ context.Context, args []string) error {
			name := "measurements.yaml"
			if len(args) > 0 {
				name = args[0]
			}
			return a.writeTemplate(name)
		}),
	}
}

// writeTemplate writes the file to fill in, and never over one that is there.
func (a *app) writeTemplate(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usageError{fmt.Sprintf("%s is there already and was left as it was: name another file", name)}
	}
	if err != nil {
		return usageError{fmt.Sprintf("write %s: %v", name, err)}
	}
	_, err = f.WriteString(advise.Template())
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	a.say("Written to %s. Fill in what you know, then `rung advise STAGE --measurements %s`.", name, name)
	return nil
}

func (a *app) advise(ctx context.Context, stage string, m measuring) error {
	alone := m.file == "" && m.prometheus == ""
	m.lab = a.flags.lab() && (m.cloudwatch || alone)
	m.cloudwatch = !m.lab && (m.cloudwatch || alone && a.flags.cloud == string(engine.AWS))
	n, err := a.stageOr(stage, "advise")
	var file advise.Measurements
	var tuned []string
	if m.file != "" {
		var errFile error
		file, tuned, errFile = readMeasurements(m.file)
		err = errors.Join(err, errFile)
	}
	if err := errors.Join(err, m.check()); err != nil {
		return err
	}
	measured, err := a.found(ctx, m)
	if err != nil {
		return err
	}
	maps.Copy(measured, file)
	s := advise.Situation{Stage: n, Measured: measured, Tuned: append(tuned, m.tuned...)}
	catalogue, err := cost.LoadUser()
	if err != nil {
		return err
	}
	if s.Month, err = a.months(catalogue, n, measured); err != nil {
		return err
	}
	return a.show(view.Advice(advise.NewReport(s, m.String())))
}

// found is what was measured without a person: Prometheus wins over CloudWatch, for it
// asks the app itself.
func (a *app) found(ctx context.Context, m measuring) (all advise.Measurements, err error) {
	all = advise.Measurements{}
	if m.cloudwatch {
		all, err = a.cloudLoad(ctx)
	} else if m.lab {
		all, err = a.shownInLab()
	}
	if err != nil {
		return nil, err
	}
	if m.prometheus != "" {
		read, err := m.source().Read(ctx)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, read)
	}
	return all, nil
}

func (m measuring) source() prometheus.Source { return prometheus.Source{Address: m.prometheus} }

// check reports every wrong flag at once.
func (m measuring) check() error {
	var errs []error
	if m.file == "" && m.prometheus == "" && !m.cloudwatch && !m.lab {
		errs = append(errs, usageError{"want measurements: --measurements FILE, which `rung advise init` writes " +
			"to be filled in, --prometheus URL, --cloud aws for what CloudWatch measured of the stack, or --cloud lab for " +
			"what the lab's last load has shown"})
	}
	if m.prometheus != "" {
		if err := m.source().Check(); err != nil {
			errs = append(errs, usageError{"--prometheus: " + err.Error()})
		}
	}
	if err := advise.CheckTuned(m.tuned); err != nil {
		errs = append(errs, usageError{"--tuned: " + err.Error()})
	}
	return errors.Join(errs...)
}

// String says where the measurements come from.
func (m measuring) String() string {
	var list []string
	if m.cloudwatch {
		list = append(list, "CloudWatch of the stack, the last day")
	}
	if m.lab {
		list = append(list, "the lab's last load")
	}
	if m.prometheus != "" {
		list = append(list, m.source().String())
	}
	if m.file != "" {
		list = append(list, m.file)
	}
	return strings.Join(list, " and ")
}

func readMeasurements(name string) (advise.Measurements, []string, error) {
	text, err := place.Read(name, advise.MostFile)
	if err != nil {
		return nil, nil, usageError{fmt.Sprintf("--measurements: %v; `rung advise init` writes one to fill in", err)}
	}
	m, tuned, err := advise.Parse(text)
	if err != nil {
		return nil, nil, usageError{fmt.Sprintf("--measurements: %s:\n%v", name, err)}
	}
	return m, tuned, nil
}

// months prices stages with the stack's own settings, all under the same load: the measured
// one, and where that was not measured the one that the stack's stage is for. A stage that the
// settings do not fit has no month.
func (a *app) months(c *cost.Catalogue, n ladder.Number, m advise.Measurements) (
	func(ladder.Number) (advise.Month, bool), error) {
	set, err := parseSet(a.flags.set)
	if err != nil {
		return nil, err
	}
	stored, err := a.stored()
	if err != nil {
		return nil, err
	}
	load, err := loadOf(n, m)
	if err != nil {
		return nil, err
	}
	return func(n ladder.Number) (advise.Month, bool) {
		r, err := a.recordStage(n, set.over(stored))
		if err != nil {
			return advise.Month{}, false
		}
		stage, err := ladder.Get(n)
		if err != nil {
			return advise.Month{}, false
		}
		e := r.under(c, stage.For(load.Users, load.PeakRequestsPerSecond))
		return advise.Month{Low: e.Low, Expected: e.Expected, High: e.High}, true
	}, nil
}

// loadOf is the load that all stages are priced under.
func loadOf(n ladder.Number, m advise.Measurements) (ladder.Traffic, error) {
	stage, err := ladder.Get(n)
	if err != nil {
		return ladder.Traffic{}, err
	}
	t := stage.Traffic
	if users := int(m[advise.Users]); users > 0 {
		t = stage.AtUsers(users)
	}
	return stage.For(t.Users, cmp.Or(m[advise.PeakRequestsPerSecond], t.PeakRequestsPerSecond)), nil
}
