package main

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spellings are words inside a name that Go writes in capitals, and AWS's names
// of things that have another one in rung.
var spellings = map[string]string{
	"Id": "ID", "Ids": "IDs", "Arn": "ARN", "Arns": "ARNs", "Vpc": "VPC", "Url": "URL", "Uri": "URI", "Ip": "IP",
	"Ips": "IPs", "Dns": "DNS", "Cidr": "CIDR", "Cidrs": "CIDRs", "Kms": "KMS", "Iam": "IAM", "Sql": "SQL", "Tls": "TLS",
	"Ttl": "TTL", "Cpu": "CPU", "Http": "HTTP", "Https": "HTTPS", "Az": "AZ", "Sns": "SNS", "Sqs": "SQS", "Acl": "ACL",
	"Cdn": "CDN", "Api": "API", "Json": "JSON", "Tcp": "TCP", "Ssm": "SSM", "Gib": "GiB",
	"AMI": "ImageID", "Ami": "ImageID", "AmiID": "ImageID",
}

// humps are the words of a name: "VpcSubnetIDs" has three.
var humps = regexp.MustCompile(`[A-Z]+s?(?:[A-Z]|$)|[A-Z][a-z0-9]+`)

// misspelt is a word of the name that has another spelling here, and that one.
func misspelt(name string) (word, want string) {
	for rest := name; rest != ""; {
		at := humps.FindStringIndex(rest)
		if at == nil {
			return "", ""
		}
		end := at[1]
		word = rest[at[0]:end]
		if want, bad := spellings[word]; bad {
			return word, want
		}
		if len(word) > 1 && strings.ToUpper(word) == word && end < len(rest) { // the next word's capital
			word, end = word[:len(word)-1], end-1
		}
		if want, bad := spellings[word]; bad {
			return word, want
		}
		rest = rest[end:]
	}
	return "", ""
}

func TestNamesAreSpeltAsGoDoes(t *testing.T) {
	for name, want := range map[string]string{
		"VpcID": "VPC", "VPCID": "", "AMI": "ImageID", "SubnetIds": "IDs", "KMSKeyArn": "ARN", "ImageID": "",
		"PublicDNS": "", "Identifier": "", "Description": "", "HttpPort": "HTTP",
	} {
		_, got := misspelt(name)
		assert.Equal(t, want, got, name)
	}
	for _, s := range sources(t) {
		if s.isTest() || !within(s.dir, "components") && s.dir != "guard" {
			continue
		}
		for _, name := range exported(s.file) {
			word, want := misspelt(name)
			assert.Empty(t, want, "%s: %s: write %s for %s", s.path, name, want, word)
		}
	}
}

// exported are the names that a file gives to others: of types, functions,
// methods, constants, variables and fields.
func exported(file *ast.File) []string {
	var all []string
	add := func(names ...*ast.Ident) {
		for _, n := range names {
			if n.IsExported() {
				all = append(all, n.Name)
			}
		}
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			add(f.Name)
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				add(n.Name)
			case *ast.ValueSpec:
				add(n.Names...)
				return false
			case *ast.Field:
				add(n.Names...)
			}
			return true
		})
	}
	return all
}

// written is a piece of source as gofmt writes it, on one line.
func written(t *testing.T, node any) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, printer.Fprint(&b, token.NewFileSet(), node))
	return strings.Join(strings.Fields(b.String()), " ")
}

// parts are the folders in components/ that hold none themselves.
var parts = []string{"components/part", "components/alarms", "components/program", "components/ownapp"}

// component is what the house asks of a package in components/.
type component struct {
	token   bool            // has a constant Token
	structs map[string]bool // by name: embeds part.Common or pulumi.ResourceState
	made    map[string]bool // the constructors, by name
}

// Whoever knows one component knows them all: New takes a context, a name, Args
// that embed part.Common, and Pulumi's options; what the component does
// afterwards needs nothing that it was told then.
func TestComponentsHaveOneShape(t *testing.T) {
	all := map[string]*component{}
	for _, s := range sources(t) {
		if s.isTest() || !within(s.dir, "components") || within(s.dir, "components/internal") ||
			s.dir == "components" || slices.Contains(parts, s.dir) {
			continue
		}
		if all[s.dir] == nil {
			all[s.dir] = &component{structs: map[string]bool{}, made: map[string]bool{}}
		}
		all[s.dir].read(t, s)
	}
	require.NotEmpty(t, all)
	for dir, c := range all {
		assert.True(t, c.token, "%s: wants a constant Token", dir)
		assert.True(t, c.made["New"], "%s: wants New", dir)
		for name := range c.made {
			args := strings.TrimPrefix(name, "New") + "Args"
			assert.True(t, c.structs[args], "%s: %s wants a struct %s that embeds part.Common", dir, name, args)
		}
	}
}

func (c *component) read(t *testing.T, s source) {
	t.Helper()
	for _, decl := range s.file.Decls {
		switch d := decl.(type) {
		case *ast.GenDecl:
			c.readTypes(t, d)
		case *ast.FuncDecl:
			if d.Recv == nil && strings.HasPrefix(d.Name.Name, "New") {
				c.made[d.Name.Name] = true
				checkConstructor(t, s, d)
			}
			if d.Recv != nil && d.Name.IsExported() {
				checkMethod(t, s, d)
			}
		}
	}
}

func (c *component) readTypes(t *testing.T, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch n := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range n.Names {
				c.token = c.token || d.Tok == token.CONST && name.Name == "Token"
			}
		case *ast.TypeSpec:
			if st, ok := n.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					c.structs[n.Name.Name] = c.structs[n.Name.Name] || len(f.Names) == 0 && written(t, f.Type) == "part.Common"
				}
			}
		}
	}
}

func checkConstructor(t *testing.T, s source, d *ast.FuncDecl) {
	t.Helper()
	args := strings.TrimPrefix(d.Name.Name, "New") + "Args"
	want := `^func\(ctx \*pulumi\.Context, name string, args ` + args +
		`, opts \.\.\.pulumi\.ResourceOption\) \(\*[A-Z]\w*, error\)$`
	assert.Regexp(t, want, written(t, d.Type), "%s: %s", path.Base(s.path), d.Name.Name)
}

// checkMethod holds that a component remembers its context and its name, and
// that clients are let in alike everywhere.
func checkMethod(t *testing.T, s source, d *ast.FuncDecl) {
	t.Helper()
	signature := written(t, d.Type)
	assert.NotContains(t, signature, "*pulumi.Context", "%s: %s: a component keeps its own context", s.path, d.Name.Name)
	want, alike := map[string]string{
		"Admit": "func(client part.Client) error", "AdmitRange": "func(from part.Range) error",
		"CopyFrom": "func(source part.Client) error",
	}[d.Name.Name]
	if alike || strings.HasPrefix(d.Name.Name, "Admit") {
		assert.Equal(t, want, signature, "%s: %s", s.path, d.Name.Name)
	}
}

func TestTheTableNamesEveryComponent(t *testing.T) {
	table := readText(t, "components/README.md")
	for _, s := range sources(t) {
		name := path.Base(s.dir)
		if path.Dir(s.dir) == "components" && name != "internal" {
			assert.Contains(t, table, "["+name+"]("+name+"/", "components/README.md: %s needs a row", name)
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(table, -1) {
		assert.FileExists(t, path.Join("components", link[1]))
	}
}
