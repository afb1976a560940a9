// Package access says which rights it takes to preview and to bring up exactly the
// resources of a stack: policies of IAM with every action that their types take and no
// other, and the trust by which a workflow of GitHub's takes the role without a key.
//
// Which actions a type takes is data (actions.csv), a row for each type that the stages
// register; what the commands of every day ask beside that is another table (days.csv), held
// against their calls by tests of operate/aws and cmd/rung. Reading is allowed anywhere, as
// most of AWS's Describe actions know no resource. Changing is allowed in the stack's regions
// alone; roles and buckets by the names that the stack gives them, and roles are passed to
// the services that they are for. A policy holds 6,144 characters, so they come in several.
//
// The rows were written down from memory of AWS's service authorization reference and of what the
// provider calls; they were not tried against an account.
package access

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rung-dev/rung/resource/token"
)

// Reference is where AWS says what each action allows.
const Reference = "https://docs.aws.amazon.com/service-authorization/latest/reference/"

//go:embed actions.csv
var table []byte

// Row is what one type takes.
type Row struct {
	Type string
	// Read is for previews and refreshes, Write for what changes it.
	Read, Write []string
	// Of is what it is written on: "*", an ARN with {region} and {account}, or {roles},
	// {buckets} or {objects} of the stack.
	Of string
}

// Rows are the table, by type.
func Rows() (map[string]Row, error) {
	all, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of actions: %w", err)
	}
	rows := map[string]Row{}
	for _, line := range all[1:] {
		if _, twice := rows[line[0]]; twice {
			return nil, fmt.Errorf("read the table of actions: %s stands twice", line[0])
		}
		rows[line[0]] = Row{line[0], strings.Fields(line[1]), strings.Fields(line[2]), line[3]}
	}
	return rows, nil
}

// Thing is a resource of the stack: its type, and the name that AWS knows it by.
type Thing struct{ Type, Name string }

// Need is what is to be allowed.
type Need struct {
	Stack string
	// Account is its number; empty stands for any.
	Account string
	Regions []string
	Things  []Thing
}

// Rights are the policies for previews, for bringing up and for each command of the days
// after, and what has no row.
type Rights struct {
	Preview []Document `json:"preview"`
	Up      []Document `json:"up"`
	Days    []Command  `json:"days"`
	// Unknown are types of which nobody wrote down what they take: their rights are
	// missing.
	Unknown []string `json:"unknown"`
}

// Document is one managed policy.
type Document struct {
	Name   string `json:"name"`
	Policy Policy `json:"policy"`
}

// Policy is a document as IAM has it.
type Policy struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// Statement allows actions on resources.
type Statement struct {
	Sid       string                         `json:"Sid"`
	Effect    string                         `json:"Effect"`
	Action    []string                       `json:"Action"`
	Resource  []string                       `json:"Resource"`
	Condition map[string]map[string][]string `json:"Condition,omitempty"`
}

// asked is what every run asks, whatever the stack has.
var asked = []string{"sts:GetCallerIdentity", "ec2:DescribeAvailabilityZones", "ec2:DescribeRegions",
	"ec2:DescribeImages", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries", "ssm:GetParameter",
	"cloudfront:ListCachePolicies", "cloudfront:ListOriginRequestPolicies", "cloudfront:ListResponseHeadersPolicies",
	"tag:GetResources"}

// passRole is given apart: it would let its holder become whatever a role may.
const passRole = "iam:PassRole"

// passed are the services that the stack's roles are for.
var passed = []string{"ec2.amazonaws.com", "dlm.amazonaws.com", "monitoring.rds.amazonaws.com", "rds.amazonaws.com",
	"lambda.amazonaws.com", "edgelambda.amazonaws.com", "s3.amazonaws.com", "autoscaling.amazonaws.com"}

// For are the rights that a stack takes.
func For(n Need) (Rights, error) {
	rows, err := Rows()
	if err != nil {
		return Rights{}, err
	}
	r := Rights{Unknown: []string{}}
	reads, writes, passes := slices.Clone(asked), map[string][]string{}, false
	for _, typ := range types(n.Things) {
		row, known := rows[typ]
		if !known {
			r.Unknown = append(r.Unknown, typ)
			continue
		}
		reads = append(reads, row.Read...)
		passes = writesOf(row, writes) || passes
	}
	preview := byService("Read", reads, []string{"*"}, nil)
	r.Preview = documents("rung-"+n.Stack+"-preview", preview)
	r.Up = documents("rung-"+n.Stack+"-up", append(slices.Clone(preview), n.writing(writes, passes)...))
	r.Days, err = n.days(rows, preview)
	return r, err
}

// types are those of AWS's, each once.
func types(things []Thing) (all []string) {
	for _, t := range things {
		if strings.HasPrefix(t.Type, "aws:") {
			all = append(all, t.Type)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// writing are the statements of what changes something.
func (n Need) writing(writes map[string][]string, passes bool) (all []Statement) {
	// What is global is asked for in us-east-1.
	inRegions := map[string]map[string][]string{"StringEquals": {"aws:RequestedRegion": n.regions()}}
	for i, of := range sortedKeys(writes) {
		all = append(all, byService(fmt.Sprintf("Write%d", i+1), writes[of], n.resources(of), inRegions)...)
	}
	if passes {
		all = append(all, Statement{Sid: "PassRoles", Effect: "Allow", Action: []string{passRole},
			Resource:  n.resources("{roles}"),
			Condition: map[string]map[string][]string{"StringEquals": {"iam:PassedToService": passed}}})
	}
	return all
}

// regions are the stack's, and where AWS takes what is asked of global services.
func (n Need) regions() []string {
	all := append(slices.Clone(n.Regions), "us-east-1")
	if slices.ContainsFunc(n.Things, func(t Thing) bool { return strings.HasPrefix(t.Type, "aws:globalaccelerator/") }) {
		all = append(all, "us-west-2")
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// resources are what a row's place stands for.
func (n Need) resources(of string) (all []string) {
	account := n.Account
	if account == "" {
		account = "*"
	}
	switch of {
	case "{roles}":
		all = n.named(token.IAMRole, "arn:aws:iam::"+account+":role/")
	case "{buckets}":
		all = n.named(token.S3BucketV2, "arn:aws:s3:::")
	case "{objects}":
		for _, bucket := range n.resources("{buckets}") {
			all = append(all, bucket, bucket+"/*")
		}
	case "arn:aws:iam::{account}:role/{name}":
		return n.resources("{roles}")
	default:
		of = strings.NewReplacer("{account}", account, "{name}", "*").Replace(of)
		if !strings.Contains(of, "{region}") {
			return []string{of}
		}
		for _, region := range n.Regions {
			all = append(all, strings.ReplaceAll(of, "{region}", region))
		}
	}
	return all
}

// random is what Pulumi puts behind a name so that no two are the same.
var random = regexp.MustCompile(`-[0-9a-f]{7,}$`)

// named are the ARNs of the things of a type, whatever is put behind their names.
func (n Need) named(typ, arn string) (all []string) {
	for _, t := range n.Things {
		if t.Type == typ && t.Name != "" {
			all = append(all, arn+random.ReplaceAllString(t.Name, "-*"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func sortedKeys(m map[string][]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
