// Package values is Secrets Manager and SSM's parameter store: texts by name
// that the plan sets and the machines read. Nothing is kept here, because the
// plan has it all, and calls that would change a value are refused.
package values

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/rung-dev/rung/lab/awsapi/answer"
)

// Secret is a secret of Secrets Manager.
type Secret struct {
	// ARN is the whole name; AWS ends it with a dash and six characters.
	ARN string
	// Name is the friendly one, which a reader may use as well.
	Name string
	// Value is the text.
	Value string
}

// Parameter is one of SSM's parameters.
type Parameter struct {
	// Name is the path, "/stack/release" say, and ARN the whole name.
	Name, ARN string
	// Type is String, StringList or SecureString; empty means String.
	Type string
	// Value is the text.
	Value string
}

// Service are all secrets and parameters of an account.
type Service struct {
	mu         sync.RWMutex
	secrets    []Secret
	parameters []Parameter
}

// Declare makes the service hold exactly these.
func (s *Service) Declare(secrets []Secret, parameters []Parameter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secrets, s.parameters = slices.Clone(secrets), slices.Clone(parameters)
}

// version is that of both services' JSON protocol.
const version = "1.1"

type call struct {
	SecretId, Name, Path string
	Names                []string
	Recursive            bool
}

// Serve answers a call: target is X-Amz-Target, region that of the signature.
func (s *Service) Serve(w http.ResponseWriter, r *http.Request, target, region string) {
	var in call
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		answer.FailJSON(w, version, answer.Errorf("SerializationException", "%v", err))
		return
	}
	out, err := s.answer(target, in, region)
	if err != nil {
		answer.FailJSON(w, version, err)
		return
	}
	answer.JSON(w, version, out)
}

func (s *Service) answer(target string, in call, region string) (any, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch target {
	case "secretsmanager.GetSecretValue":
		return s.secret(in.SecretId, region)
	case "AmazonSSM.GetParameter":
		return s.parameter(in.Name, region)
	case "AmazonSSM.GetParameters":
		return s.several(in.Names, region), nil
	case "AmazonSSM.GetParametersByPath":
		return s.below(in.Path, in.Recursive, region), nil
	}
	return nil, answer.Errorf("UnknownOperationException", "the lab does not know %s: the plan alone changes values",
		target)
}

// in reports whether an ARN is of a region.
func in(arn, region string) bool {
	parts := strings.Split(arn, ":")
	return len(parts) > 3 && parts[3] == region
}

func (s *Service) secret(id, region string) (any, error) {
	for _, one := range s.secrets {
		if in(one.ARN, region) && (id == one.ARN || id == one.Name || partial(id, one.ARN)) {
			return map[string]any{"ARN": one.ARN, "Name": one.Name, "SecretString": one.Value,
				"VersionId": "lab", "VersionStages": []string{"AWSCURRENT"}}, nil
		}
	}
	return nil, answer.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

// partial reports whether id is the ARN without its last seven characters.
func partial(id, arn string) bool {
	const suffix = len("-AbCdEf")
	return strings.HasPrefix(id, "arn:") && len(arn) == len(id)+suffix && strings.HasPrefix(arn, id+"-")
}

type answered struct{ Name, ARN, Type, Value string }

func (p Parameter) answered() answered {
	if p.Type == "" {
		p.Type = "String"
	}
	return answered(p)
}

func (s *Service) find(name, region string) (Parameter, bool) {
	at := slices.IndexFunc(s.parameters, func(p Parameter) bool {
		return in(p.ARN, region) && (p.Name == name || p.ARN == name)
	})
	if at < 0 {
		return Parameter{}, false
	}
	return s.parameters[at], true
}

func (s *Service) parameter(name, region string) (any, error) {
	p, ok := s.find(name, region)
	if !ok {
		return nil, answer.Errorf("ParameterNotFound", "")
	}
	return map[string]any{"Parameter": p.answered()}, nil
}

func (s *Service) several(names []string, region string) any {
	found, missing := []answered{}, []string{}
	for _, name := range names {
		if p, ok := s.find(name, region); ok {
			found = append(found, p.answered())
		} else {
			missing = append(missing, name)
		}
	}
	return map[string]any{"Parameters": found, "InvalidParameters": missing}
}

func (s *Service) below(path string, recursive bool, region string) any {
	prefix, found := strings.TrimSuffix(path, "/")+"/", []answered{}
	for _, p := range s.parameters {
		rest, ok := strings.CutPrefix(p.Name, prefix)
		if ok && in(p.ARN, region) && (recursive || !strings.Contains(rest, "/")) {
			found = append(found, p.answered())
		}
	}
	return map[string]any{"Parameters": found}
}
