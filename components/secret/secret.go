// Package secret keeps one generated password in AWS Secrets Manager.
//
// Use it wherever a store or a door needs a password of our own: databases
// (a password that RDS manages itself rules out read replicas and blue/green
// deployments), the token of a cache, the header by which a CDN proves itself.
// The password is generated in the program, so it is also in the stack's
// state, encrypted by the stack's secrets provider.
//
// A secret costs $0.40 a month in each region, and $0.05 for 10,000 reads. Its
// copies in further regions have the same name, so that each region's machines
// read it there; Secrets Manager keeps them up to date. The package refuses
// passwords that are too short for what they guard, and never publishes a value
// that is not marked as secret.
package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/rung-dev/rung/components/part"
)

// Token is the component's type. It stands in every stack's state: never change it.
const Token = "rung:components:Secret"

const (
	// DefaultLength gives about 238 bits.
	DefaultLength = 40
	// MinLength is the least that ElastiCache takes for a token.
	MinLength = 16
	// MaxLength is the most that RDS for PostgreSQL and ElastiCache take.
	MaxLength = 128
	// RecoveryDays is how long a deleted secret can be brought back: AWS's maximum.
	RecoveryDays = 30
	// special is the one special character that RDS, ElastiCache, HTTP
	// headers and URLs all take as it is.
	special = "-"
)

// Args say what the secret is for. The zero value is a plain password of
// DefaultLength.
type Args struct {
	part.Common
	// Description tells whoever finds the secret in the console what it opens.
	// Empty means the secret's name.
	Description string
	// Username turns the secret into a JSON object with "username" and
	// "password", the form that RDS rotation and the app's contract expect.
	// Empty stores the bare password.
	Username string
	// Fields are added to the JSON object; they need a Username. They are
	// plain facts (a database's name), not further secrets.
	Fields map[string]string
	// Length is the password's length in characters, MinLength to MaxLength.
	// Zero means DefaultLength. Changing it makes a new password.
	Length int
	// Replicas are further regions in which machines read the secret. A new
	// one is an update of the secret.
	Replicas []Replica
	// Unstored keeps the password out of Secrets Manager, where no machine reads it: it costs
	// nothing and has no ARN. What is true of a stack may change: the password stays.
	Unstored bool
	// Special demands a special character, as OpenSearch does. Setting it on a
	// password that is there makes a new one.
	Special bool
}

// Replica is a copy of the secret in a further region.
type Replica struct {
	// Region is the AWS region, "eu-west-1" say.
	Region string
	// Key is the ARN of the region's key that encrypts the copy. Nil means
	// AWS's own; with a key of ours, whoever reads must be allowed to use it.
	Key pulumi.StringInput
}

// ReplicasIn are copies under AWS's own key in each of the regions.
func ReplicasIn(regions []string) []Replica {
	var list []Replica
	for _, region := range regions {
		list = append(list, Replica{Region: region})
	}
	return list
}

func (a Args) withDefaults(name string) Args {
	if a.Length == 0 {
		a.Length = DefaultLength
	}
	if a.Description == "" {
		a.Description = "Password of " + name
	}
	return a
}

var regionForm = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)

func (a Args) validate() error {
	var errs []error
	if a.Length < MinLength || a.Length > MaxLength {
		errs = append(errs, fmt.Errorf("Length: got %d, want %d to %d", a.Length, MinLength, MaxLength))
	}
	if a.Username == "" && len(a.Fields) > 0 {
		errs = append(errs, errors.New("Fields: a bare password has none; set Username to store a JSON object"))
	}
	if a.Unstored && (a.Username != "" || len(a.Replicas) > 0) {
		errs = append(errs, errors.New("Unstored: there is nothing for a Username or Replicas; leave one out"))
	}
	for i, r := range a.Replicas {
		if !regionForm.MatchString(r.Region) {
			errs = append(errs, fmt.Errorf(`Replicas[%d].Region: got %q, want an AWS region like "eu-west-1"`, i, r.Region))
		}
		if slices.ContainsFunc(a.Replicas[:i], func(other Replica) bool { return other.Region == r.Region }) {
			errs = append(errs, fmt.Errorf("Replicas[%d].Region: %q stands twice, want each region once", i, r.Region))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.Fields)) {
		if key == "username" || key == "password" {
			errs = append(errs, fmt.Errorf("Fields: %q is filled in by the package", key))
		}
	}
	return errors.Join(errs...)
}

// object is the JSON object for the password; nil stores the bare password.
func (a Args) object(password string) map[string]string {
	if a.Username == "" {
		return nil
	}
	fields := map[string]string{}
	maps.Copy(fields, a.Fields)
	fields["username"], fields["password"] = a.Username, password
	return fields
}

// Secret is a password and the place where machines read it.
type Secret struct {
	pulumi.ResourceState
	// ARN names the secret; give it to machines, with the permission to read it. Of an
	// Unstored one it is the zero value.
	ARN pulumi.StringOutput
	// Value is the password itself, marked as secret: an input for the store
	// that it opens, never an output of a stack.
	Value pulumi.StringOutput
}

var _ pulumi.ComponentResource = (*Secret)(nil)

// New generates the password and stores it: children "<name>-password",
// "<name>-store" and "<name>-version". It fails before touching the cloud
// when args are inconsistent; the error lists every wrong field.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Secret, error) {
	args = args.withDefaults(name)
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	s := &Secret{}
	if err := ctx.RegisterComponentResource(Token, name, s, opts...); err != nil {
		return nil, fmt.Errorf("register secret %s: %w", name, err)
	}
	if err := s.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("secret %s: %w", name, err)
	}
	outputs := pulumi.Map{}
	if !args.Unstored {
		outputs["arn"] = s.ARN
	}
	return s, ctx.RegisterResourceOutputs(s, outputs)
}

func (s *Secret) build(ctx *pulumi.Context, name string, args Args) error {
	if err := s.generate(ctx, name, args); err != nil || args.Unstored {
		return err
	}
	return s.store(ctx, name, args)
}

func (s *Secret) generate(ctx *pulumi.Context, name string, args Args) error {
	wanted := &random.RandomPasswordArgs{
		Length:          pulumi.Int(args.Length),
		Special:         pulumi.Bool(true),
		OverrideSpecial: pulumi.String(special),
		MinLower:        pulumi.Int(1),
		MinUpper:        pulumi.Int(1),
		MinNumeric:      pulumi.Int(1),
	}
	if args.Special {
		wanted.MinSpecial = pulumi.Int(1)
	}
	password, err := random.NewRandomPassword(ctx, name+"-password", wanted,
		args.Data(s, name+"-password", pulumi.AdditionalSecretOutputs([]string{"result", "bcryptHash"}))...)
	if err != nil {
		return fmt.Errorf("generate the password: %w", err)
	}
	s.Value = pulumi.ToSecret(password.Result).(pulumi.StringOutput)
	return nil
}

// Digest is the SHA-256 of the password in hexadecimal digits, which is no secret: by it
// machines know the password when they are shown it, and nobody finds the password from it,
// which is drawn from more than 2^95 of the shortest that there are.
func (s *Secret) Digest() pulumi.StringOutput {
	return pulumi.Unsecret(s.Value.ApplyT(digest)).(pulumi.StringOutput)
}

func digest(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

func (s *Secret) store(ctx *pulumi.Context, name string, args Args) error {
	store, err := secretsmanager.NewSecret(ctx, name+"-store", &secretsmanager.SecretArgs{
		Description:          pulumi.String(args.Description),
		RecoveryWindowInDays: pulumi.Int(RecoveryDays),
		Replicas:             args.replicas(),
		Tags:                 args.TagsFor(ctx, name),
	}, args.Data(s, name+"-store")...)
	if err != nil {
		return fmt.Errorf("create the secret: %w", err)
	}
	version, err := secretsmanager.NewSecretVersion(ctx, name+"-version", &secretsmanager.SecretVersionArgs{
		SecretId:     store.ID(),
		SecretString: s.stored(args),
	}, pulumi.Parent(s))
	if err != nil {
		return fmt.Errorf("store the password: %w", err)
	}
	// Whoever has the ARN may read at once: it is known only when the version is there.
	s.ARN = pulumi.All(store.Arn, version.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return nil
}

// replicas are the copies in Secrets Manager's terms; nil without any.
func (a Args) replicas() secretsmanager.SecretReplicaArray {
	var list secretsmanager.SecretReplicaArray
	for _, r := range a.Replicas {
		replica := secretsmanager.SecretReplicaArgs{Region: pulumi.String(r.Region)}
		if r.Key != nil {
			replica.KmsKeyId = r.Key.ToStringOutput().ToStringPtrOutput()
		}
		list = append(list, replica)
	}
	return list
}

// In is the ARN by which machines of that region read the secret: in its own
// region, or in one of the replicas'.
func (s *Secret) In(region string) pulumi.StringOutput {
	return s.ARN.ApplyT(func(arn string) string { return inRegion(arn, region) }).(pulumi.StringOutput)
}

// inRegion is the ARN of a secret's copy: Secrets Manager keeps the name and
// the six random characters, and only the region differs.
func inRegion(arn, region string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 7 {
		return arn
	}
	parts[3] = region
	return strings.Join(parts, ":")
}

// stored is the text that goes into Secrets Manager.
func (s *Secret) stored(args Args) pulumi.StringInput {
	if args.Username == "" {
		return s.Value
	}
	object := s.Value.ApplyT(func(password string) map[string]string { return args.object(password) })
	return pulumi.JSONMarshal(object)
}
