package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rung-dev/rung/access"
	"github.com/rung-dev/rung/preview/view"
	"github.com/rung-dev/rung/resource"
	"github.com/rung-dev/rung/resource/token"
	"github.com/rung-dev/rung/stacks/ladder"
)

// trusting is whom the roles are to trust, and what they are for; nothing is everything.
type trusting struct {
	repository, ids, environment, account string
	only                                  []string
}

func (a *app) accessCommand() *cobra.Command {
	var t trusting
	c := &cobra.Command{
		Use:   "access [STAGE]",
		Short: "Print the IAM policies that exactly this stack takes, command by command, and the trust for CI",
		Long: `Print the policies of IAM that a stack takes: one set to preview it, one to bring it up, with
every action that its resources' types take and no other, and one for each command of the
days after the first (deploy, logs, exec and their like), for the stack's own machines,
groups, logs and secrets. --only chooses some. With --github also whom the two
roles trust, so that a workflow takes them without a key: pull requests preview, and an
environment of the repository brings up. Without STAGE it is the stack's own. No account is
asked, and nothing is changed; the policies were not tried on one.

Exit code 0: all types are known; 1: some are not, and their rights are missing.`,
		Example: "  rung access 3\n  rung access 3 --only logs,exec\n  rung access --github acme/shop --account 111111111111 --format json",
		Args:    cobra.MaximumNArgs(1),
		RunE:    a.runs(func(_ context.Context, args []string) error { return a.access(strings.Join(args, ""), t) }),
	}
	c.Flags().StringVar(&t.repository, "github", "", "the `repository` whose workflows take the roles, OWNER/NAME")
	c.Flags().StringVar(&t.ids, "github-ids", "", "the `numbers` of owner and repository, OWNERID/ID, for those made after July 2026")
	c.Flags().StringVar(&t.environment, "environment", "production", "the `name` of the environment that brings the stack up")
	c.Flags().StringSliceVar(&t.only, "only", nil, "the `commands` whose policies to print, by commas; without it all")
	c.Flags().StringVar(&t.account, "account", "", "the `number` of the account; without it any")
	return c
}

// errUnknownRights is a policy that does not suffice.
var errUnknownRights = errors.New("some types have no row in access/actions.csv: their rights are missing")

func (a *app) access(stage string, t trusting) error {
	n, err := a.stageOr(stage, "access")
	if err := errors.Join(err, t.check()); err != nil {
		return err
	}
	set, err := parseSet(a.flags.set)
	if err != nil {
		return err
	}
	stored, err := a.stored()
	if err != nil {
		return err
	}
	if err := errors.Join(storeAbsolute(set), describe(set)); err != nil {
		return err
	}
	r, err := a.recordStage(n, set.over(stored))
	if err != nil {
		return err
	}
	rights, err := access.For(access.Need{Stack: a.flags.stack, Account: t.account, Regions: r.config.Regions,
		Things: thingsOf(r.resources)})
	if err != nil {
		return err
	}
	v := view.Access{Stack: a.flags.stack, Stage: int(n), Rights: rights.Only(t.only)}
	if t.repository != "" {
		repository, err := access.ParseRepository(t.repository, t.ids, t.environment)
		if err != nil {
			return usageError{err.Error()}
		}
		preview, up := repository.For(t.account, false), repository.For(t.account, true)
		v.TrustPreview, v.TrustUp = &preview, &up
	}
	if err := a.show(v); err != nil {
		return err
	}
	if len(rights.Unknown) > 0 {
		return errUnknownRights
	}
	return nil
}

// check reports every wrong flag at once.
func (t trusting) check() error {
	const digits = 12
	var errs []error
	if t.account != "" && (len(t.account) != digits || strings.Trim(t.account, "0123456789") != "") {
		errs = append(errs, usageError{fmt.Sprintf("--account: got %q, want its 12 digits", t.account)})
	}
	if t.repository == "" && t.ids != "" {
		errs = append(errs, usageError{"--github-ids: says nothing without --github OWNER/NAME"})
	}
	for _, name := range t.only {
		if choices := access.Choices(); !slices.Contains(choices, name) {
			errs = append(errs, usageError{fmt.Sprintf("--only: got %q, want some of %s", name, strings.Join(choices, ", "))})
		}
	}
	return errors.Join(errs...)
}

// thingsOf are resources with the names that AWS knows them by.
func thingsOf(resources []resource.Resource) (all []access.Thing) {
	key := map[string]string{token.IAMRole: "name", token.S3BucketV2: "bucket", token.AutoScalingGroup: "name",
		token.CloudWatchLogGroup: "name", token.SecretsManagerSecret: "name"}
	for _, r := range resources {
		name, _ := r.Props[key[r.Type]].(string)
		if _, counts := key[r.Type]; counts && name == "" { // Pulumi's own, with seven digits behind it
			name = r.Name + "-0000000"
		}
		all = append(all, access.Thing{Type: r.Type, Name: name})
	}
	return all
}

// stageOr is the stage that was given, else the stack's.
func (a *app) stageOr(stage, what string) (ladder.Number, error) {
	if stage == "" {
		stored, err := a.stored()
		if err != nil {
			return 0, err
		}
		stage = stored["stage"]
	}
	if stage == "" {
		return 0, usageError{fmt.Sprintf("there is no stack %s yet: want a STAGE, 1 to 6, as in `rung %s 2`", a.flags.stack, what)}
	}
	n, err := ladder.Parse(stage)
	if err != nil {
		return 0, usageError{err.Error()}
	}
	return n, nil
}
