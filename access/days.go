package access

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

//go:embed days.csv
var dayTable []byte

// Command is what one command of every day after the first takes, apart from the backend of
// Pulumi's state.
type Command struct {
	Name     string     `json:"command"`
	Policies []Document `json:"policies"`
}

// dayRow is one line of the table: what some commands ask of AWS where a stack has a type.
// Of is empty for every stack, and "regions" for one in several. An action @preview stands
// for all that previews take, @up for what changes the type, @pass for passing the stack's
// roles on.
type dayRow struct {
	commands, actions []string
	of, on            string
}

func dayRows() (rows []dayRow, err error) {
	all, err := csv.NewReader(bytes.NewReader(dayTable)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of the days: %w", err)
	}
	for _, line := range all[1:] {
		rows = append(rows, dayRow{strings.Fields(line[0]), strings.Fields(line[2]), line[1], line[3]})
	}
	return rows, nil
}

// Commands are the names of all commands that take rights of their own, in the order of
// the table.
func Commands() (names []string) {
	rows, _ := dayRows() // a test reads the table
	for _, r := range rows {
		for _, c := range r.commands {
			if !slices.Contains(names, c) {
				names = append(names, c)
			}
		}
	}
	return names
}

// ForPreview and ForUp are what [Rights.Only] knows besides commands.
const ForPreview, ForUp = "preview", "up"

// Choices are what rights can be narrowed to.
func Choices() []string { return append([]string{ForPreview, ForUp}, Commands()...) }

// Only are the rights for some of [Choices]; none is all of them.
func (r Rights) Only(names []string) Rights {
	if len(names) == 0 {
		return r
	}
	if !slices.Contains(names, ForPreview) {
		r.Preview = nil
	}
	if !slices.Contains(names, ForUp) {
		r.Up = nil
	}
	r.Days = slices.DeleteFunc(slices.Clone(r.Days), func(c Command) bool { return !slices.Contains(names, c.Name) })
	return r
}

// days are the commands' policies, for what the stack has: a command of which it has
// nothing is left out. preview are the statements that previews take.
func (n Need) days(rows map[string]Row, preview []Statement) (all []Command, err error) {
	table, err := dayRows()
	if err != nil {
		return nil, err
	}
	for _, name := range Commands() {
		var own []dayRow
		for _, r := range table {
			if slices.Contains(r.commands, name) && n.has(r.of) {
				own = append(own, r)
			}
		}
		if statements := n.day(own, rows, preview); len(statements) > 0 {
			all = append(all, Command{name, documents("rung-"+n.Stack+"-"+name, statements)})
		}
	}
	return all, nil
}

// has reports whether the stack has what a row is about.
func (n Need) has(of string) bool {
	switch of {
	case "":
		return true
	case "regions":
		return len(n.Regions) > 1
	}
	return slices.ContainsFunc(n.Things, func(t Thing) bool { return t.Type == of })
}

// day are the statements of one command.
func (n Need) day(own []dayRow, rows map[string]Row, preview []Statement) (all []Statement) {
	actions, writes, passes := map[string][]string{}, map[string][]string{}, false
	for _, r := range own {
		for _, action := range r.actions {
			switch action {
			case "@preview":
				all = append(all, preview...)
			case "@up":
				passes = writesOf(rows[r.of], writes) || passes
			case "@pass":
				passes = true
			default:
				actions[r.on] = append(actions[r.on], action)
			}
		}
	}
	for i, on := range sortedKeys(actions) {
		all = append(all, byService(fmt.Sprintf("Day%d", i+1), actions[on], n.places(on), n.when(on))...)
	}
	return append(all, n.writing(writes, passes)...)
}

// writesOf adds what changes a type, by what it is written on, and reports whether a role
// is passed on.
func writesOf(row Row, writes map[string][]string) (passes bool) {
	for _, action := range row.Write {
		if action == passRole {
			passes = true
			continue
		}
		writes[row.Of] = append(writes[row.Of], action)
	}
	return passes
}

// The names of things in the stacks that commands reach for: the bucket that machines fetch
// from, the secrets of databases, the logs of the app.
const (
	artifactsName = "artifacts"
	databaseName  = "database"
	logsName      = "-logs-*"
)

// places are what a row of the days stands for.
func (n Need) places(on string) (all []string) {
	place, rest, _ := strings.Cut(strings.ReplaceAll(on, "{stack}", n.Stack), "/")
	switch place {
	case "{regions}":
		return []string{"*"}
	case "{machines}":
		return n.resources("arn:aws:ec2:{region}:{account}:instance/*")
	case "{document}":
		return n.resources("arn:aws:ssm:{region}::document/" + rest)
	case "{ownDocument}":
		return n.resources("arn:aws:ssm:{region}:{account}:document/" + rest)
	case "{ownSessions}":
		return n.resources("arn:aws:ssm:{region}:{account}:session/*")
	case "{groups}":
		return n.each(token.AutoScalingGroup,
			"arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/", "")
	case "{logs}":
		return n.each(token.CloudWatchLogGroup, "arn:aws:logs:{region}:{account}:log-group:", logsName)
	case "{logins}":
		return n.each(token.SecretsManagerSecret, "arn:aws:secretsmanager:{region}:{account}:secret:", databaseName)
	case "{artifacts}":
		for _, bucket := range n.each(token.S3BucketV2, "arn:aws:s3:::", artifactsName) {
			all = append(all, strings.TrimSuffix(bucket+"/"+rest, "/"))
		}
		return all
	}
	return n.resources(strings.ReplaceAll(on, "{stack}", n.Stack))
}

// each are the ARNs of the stack's things of a type whose names hold a text, in each region.
func (n Need) each(typ, arn, holds string) (all []string) {
	for _, prefix := range n.resources(arn) {
		for _, one := range n.named(typ, prefix) {
			if strings.Contains(one[len(prefix):], holds) {
				all = append(all, one)
			}
		}
	}
	return all
}

// when is the condition under which a place is meant: machines by the tag that rung gives
// each, sessions by the one that Systems Manager gives those of the caller.
func (n Need) when(on string) map[string]map[string][]string {
	switch place, _, _ := strings.Cut(on, "/"); place {
	case "{regions}":
		return map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": n.regions()}}
	case "{machines}":
		return map[string]map[string][]string{"StringEquals": {"ssm:resourceTag/rung:stack": {n.Stack}}}
	case "{ownSessions}":
		return map[string]map[string][]string{"StringLike": {"ssm:resourceTag/aws:ssmmessages:session-id": {"${aws:userid}"}}}
	}
	return nil
}
