package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/artifact"
	"github.com/rung-dev/rung/stacks/config"
)

// artifactKey names the program that the machines run.
const artifactKey = "artifact"

// patience is how long the app may take to be found before the user is told
// that it is being built.
const patience = 2 * time.Second

// appNeed is what a command needs of the app.
type appNeed int

const (
	// appAsItStands is for what changes no app: the stack's own will do, or a
	// stand-in.
	appAsItStands appNeed = iota
	// appToShow is for previews: the stack's own will do, and where there is
	// none, what would be deployed, which the offline cloud need not have built.
	appToShow
	// appToDeploy is what machines will run.
	appToDeploy
)

// source is the program that the engine runs, with the app that the session has
// when it does: which one that is shows only once the stack is open.
func (s *session) source(ctx *pulumi.Context) error {
	if s.app.zoneFirst {
		return s.app.zone(s.artifact)(ctx)
	}
	return s.app.program(s.artifact)(ctx)
}

// findApp finds the app before the stack is opened, because building it the
// first time takes a while, and a file that is not there is wrong input. Nothing
// is built for a command that can do without.
func (s *session) findApp(ctx context.Context, need appNeed) (err error) {
	s.need = need
	switch named := s.config.Artifact; {
	case s.config.App != nil && need != appAsItStands:
		return s.findYours(ctx)
	case need == appAsItStands, need == appToShow && named == "" && s.stored["stage"] != "":
		return nil
	case named != "":
		s.artifact, err = artifact.Named(named, s.app.architecture(s.config))
	default:
		err = s.findOurs(ctx)
	}
	if err != nil && s.mayDoWithout(err) {
		return nil
	}
	if errors.Is(err, artifact.ErrUnnamed) || err != nil && s.config.Artifact != "" {
		return usageError{err.Error()}
	}
	return err
}

// findOurs finds this project's app: its static files alone for a plan of the offline cloud
// that is only shown, for nothing of the program but its hash would be in it.
func (s *session) findOurs(ctx context.Context) (err error) {
	if s.need == appToShow && s.app.runsNothing() {
		s.static, err = s.app.static(ctx, ".")
		return err
	}
	s.artifact, err = s.app.build(ctx, s.config)
	return err
}

// runsNothing is true of the offline cloud as such, where an app is never started.
func (a *app) runsNothing() bool { return a.flags.offline() && !a.flags.lab() }

// architecture is what the machines run: in the lab they are this machine, whatever
// their types are on AWS.
func (a *app) architecture(c config.Config) artifact.Architecture {
	if a.flags.lab() {
		return artifact.Architecture(runtime.GOARCH)
	}
	return artifact.Architecture(c.Architecture())
}

// build builds this project's app, in the working directory or not at all.
func (a *app) build(ctx context.Context, cfg config.Config) (artifact.Artifact, error) {
	slow := time.AfterFunc(patience, func() {
		a.say("Building the app that the machines run; the first time this takes a minute or two.")
	})
	defer slow.Stop()
	return a.resolve(ctx, "", ".", a.architecture(cfg))
}

// mayDoWithout reports whether a stack can do without an app that nobody named:
// the offline cloud runs none. Where a checkout lies above, the user may think
// that it counts, and is told instead.
func (s *session) mayDoWithout(err error) bool {
	return s.app.runsNothing() && s.config.Artifact == "" && errors.Is(err, artifact.ErrUnnamed) &&
		artifact.Above(".") == ""
}

// settleApp takes, once the stack is open, what it has already, where no other
// app was found.
func (s *session) settleApp(ctx context.Context) error {
	if s.artifact.Path != "" {
		return nil
	}
	stand, err := artifact.StandIn(s.stack.Dir())
	if err != nil {
		return err
	}
	resources, err := s.stack.Resources(ctx)
	if err != nil {
		return err
	}
	found, there := standingApp(resources, stand.Path)
	switch {
	case there:
		s.artifact = found
		s.sayStanding()
		return nil
	case s.need == appToShow && s.stored["stage"] != "": // a stack that did not come to have one
		if err := s.findOurs(ctx); err != nil && !s.mayDoWithout(err) {
			return usageError{err.Error()}
		}
	}
	if s.artifact.Path == "" {
		s.standIn(stand)
	}
	return nil
}

// standIn takes a file in the place of the program, with the static files that were found.
func (s *session) standIn(stand artifact.Artifact) {
	s.artifact = stand
	s.artifact.Static = s.static
	switch {
	case len(s.static) > 0:
		s.app.say("The app is not built for a preview; `rung up` builds it.")
	case s.need != appAsItStands:
		s.app.say("No app is named and none is built here: a stand-in takes its place on the offline cloud, which runs " +
			"none. Name yours with --set artifact=PATH.")
	}
}

func (s *session) sayStanding() {
	switch s.need {
	case appToShow:
		s.app.say("The app is taken as it stands; `rung up` finds it anew.")
	case appToDeploy:
		s.app.say("No app is named and none is built here: the one that the stack has stays.")
	}
}

var (
	appObject    = regexp.MustCompile(`^app/([0-9a-f]{64})$`)
	staticObject = regexp.MustCompile(`-file-(.+)$`)
)

// standingApp is the app that a stack has: its program and its static files, by
// their hashes. path is a file that takes the place of each, for it is not read.
func standingApp(resources []apitype.ResourceV3, path string) (artifact.Artifact, bool) {
	a := artifact.Artifact{Path: path, Standing: true}
	for _, r := range resources {
		if string(r.Type) != token.S3BucketObjectv2 || r.Delete {
			continue
		}
		key, _ := r.Inputs["key"].(string)
		sum, _ := r.Inputs["sourceHash"].(string)
		if of := appObject.FindStringSubmatch(key); of != nil && a.SHA256 == "" {
			a.SHA256 = of[1]
		} else if name := staticObject.FindStringSubmatch(r.URN.Name()); name != nil && name[1] == key {
			a.Static = append(a.Static, artifact.File{Key: key, Path: path, SHA256: sum})
		}
	}
	slices.SortFunc(a.Static, func(x, y artifact.File) int { return strings.Compare(x.Key, y.Key) })
	return a, a.SHA256 != ""
}

// checkNamed reports an app that is named and cannot be run, also to a command
// that has no use for one.
func (s *session) checkNamed() error {
	if s.config.Artifact == "" {
		return nil
	}
	if _, err := artifact.Named(s.config.Artifact, s.app.architecture(s.config)); err != nil {
		return usageError{err.Error()}
	}
	return nil
}

// storeAbsolute makes a path that was given for this run absolute, because it is
// kept with the stack and the next run may stand elsewhere.
func storeAbsolute(set settings) error {
	path, given := set[artifactKey]
	if !given || path == "" {
		return nil
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return usageError{fmt.Sprintf("--set %s=%s: %v", artifactKey, path, err)}
	}
	set[artifactKey] = abs
	return nil
}
