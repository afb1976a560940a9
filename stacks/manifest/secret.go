package manifest

import (
	"encoding/json"
	"strings"

	"github.com/rung-dev/rung/outside/pattern"
)

// Secret names a secret; the file never has its value. Its zero value is the one
// that `rung secret set` keeps for the variable.
type Secret struct {
	// ID is a name or an ARN in Secrets Manager, or the name of a parameter in SSM;
	// empty means the stack's own (see Secret.Named).
	ID string
	// Parameter says that ID is one of SSM.
	Parameter bool
	// Field is the key of a secret that is a JSON object; empty takes all of it.
	Field string
}

const (
	ssmPrefix    = "ssm:"
	wantedSecret = "the name or the ARN of a secret in Secrets Manager, with #key for one key of it, or ssm:/name of a " +
		"parameter; null for the one that `rung secret set` keeps"
)

// secretID is what the two services take as names.
var secretID = pattern.Lazy(
	`^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$`)

var (
	parameterID = pattern.Lazy(`^/[A-Za-z0-9/_.-]{1,1000}$`)
	fieldName   = pattern.Lazy(`^[A-Za-z0-9_.-]{1,128}$`)
)

// parseSecret reads a secret as the file has it.
func parseSecret(text string) (Secret, bool) {
	if id, ok := strings.CutPrefix(text, ssmPrefix); ok {
		return Secret{ID: id, Parameter: true}, parameterID().MatchString(id)
	}
	id, field, has := strings.Cut(text, "#")
	return Secret{ID: id, Field: field}, secretID().MatchString(id) && (!has || fieldName().MatchString(field))
}

// MarshalJSON writes a secret as the file has it.
func (s Secret) MarshalJSON() ([]byte, error) {
	switch {
	case s.ID == "":
		return []byte("null"), nil
	case s.Parameter:
		return json.Marshal(ssmPrefix + s.ID)
	case s.Field != "":
		return json.Marshal(s.ID + "#" + s.Field)
	}
	return json.Marshal(s.ID)
}

// Named is the secret of that variable with its id: the stack's own where the
// file names none, which is what `rung secret set` writes.
func (s Secret) Named(stack, variable string) Secret {
	if s.ID == "" {
		s.ID = "rung/" + stack + "/" + variable
	}
	return s
}

// ARN is the pattern of what a machine must be allowed to read. Secrets Manager
// adds six characters to a name, so they are left open.
func (s Secret) ARN(region, account string) string {
	switch {
	case s.Parameter:
		return "arn:aws:ssm:" + region + ":" + account + ":parameter" + s.ID
	case strings.HasPrefix(s.ID, "arn:"):
		return s.ID
	}
	return "arn:aws:secretsmanager:" + region + ":" + account + ":secret:" + s.ID + "-??????"
}
