package lambda

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/aws/internal/made"
	"github.com/rung-dev/rung/offline/aws/internal/refer"
	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

const (
	lambdaMissing = "ResourceNotFoundException"
	lambdaBad     = "InvalidParameterValueException"
	lambdaTaken   = "ResourceConflictException"
)

// functionName takes the name out of what a function may be called by: its name, a
// part of its ARN or all of it, each with a qualifier or without.
var functionName = regexp.MustCompile(`^(?:arn:[\w-]+:lambda:)?(?:[a-z]{2}-(?:[a-z]+-){1,2}\d:)?(?:\d{12}:)?` +
	`(?:function:)?([0-9A-Za-z_-]+)(?::(?:\$LATEST|[0-9A-Za-z_-]+))?$`)

// named is the function that a property names, in the operation's region.
func named(o *sim.Op, property string) (sim.Props, bool) {
	found := functionName.FindStringSubmatch(o.In.Str(property))
	if found == nil {
		return nil, false
	}
	return o.Find(token.LambdaFunction, found[1])
}

// functionStands refuses to speak of a function that is not there.
func functionStands(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		if _, ok := named(o, property); ok {
			return nil
		}
		return sim.Refuse(lambdaMissing, "Function not found: "+o.In.Str(property),
			fmt.Sprintf("Give %s of a function that exists in %s.", property, o.Region))
	}
}

var statement = sim.Pattern{
	Match: regexp.MustCompile(`^[a-zA-Z0-9_-]{1,100}$`), Want: "at most 100 letters, digits, hyphens and underscores",
}

// permission is the leave of somebody to call a function: a statement of its policy.
func permission() sim.Kind {
	return sim.Kind{
		Token: token.LambdaPermission, Service: "Lambda", API: "Permission",
		Verbs:    map[sim.Verb]string{sim.Create: "AddPermission", sim.Delete: "RemovePermission"},
		Name:     &sim.Name{Property: "statementId", Prefix: "statementIdPrefix", Auto: true, Max: 100, Pattern: statement},
		Required: []string{"function"},
		AtMostOneOf: [][]string{
			{"statementId", "statementIdPrefix"},
		},
		Enums: map[string][]string{"functionUrlAuthType": {"AWS_IAM", "NONE"}},
		Patterns: map[string]sim.Pattern{
			"action":        {Match: regexp.MustCompile(`^lambda:(?:\*|[a-zA-Z]+)$`), Want: "an action of Lambda, such as lambda:InvokeFunction"},
			"sourceAccount": {Match: regexp.MustCompile(`^\d{12}$`), Want: "twelve digits"},
			"sourceArn":     {Match: regexp.MustCompile(`^arn:`), Want: "an ARN"},
			"function":      {Match: functionName, Want: "a function's name or ARN"},
		},
		ReplaceOn: []string{
			"action", "eventSourceToken", "function", "functionUrlAuthType", "principal", "principalOrgId", "qualifier",
			"sourceAccount", "sourceArn", "statementId", "statementIdPrefix",
		},
		ID:    made.IDWithin("function", (*sim.Op).NameOf),
		Rules: sim.Many(sim.Create, functionStands("function"), qualifierStands("function"), statementFree),
	}
}

// statementFree: a policy has each id once.
func statementFree(o *sim.Op) error {
	for _, other := range o.All(o.Kind.Token) { // the id is the statement's
		if other.Props.Str("function") == o.In.Str("function") && other.Props.Str("qualifier") == o.In.Str("qualifier") &&
			other.Props.Str("statementId") == o.NameOf() {
			return sim.Refuse(lambdaTaken, fmt.Sprintf("The statement id (%s) provided already exists. "+
				"Please provide a new statement id, or remove the existing statement.", o.NameOf()), "Give another statementId.")
		}
	}
	return nil
}

// qualifierStands: the version or the alias that a statement is about.
func qualifierStands(property string) func(*sim.Op) error {
	return func(o *sim.Op) error {
		q := o.In.Str("qualifier")
		f, _ := named(o, property)
		_, alias := o.Find(token.LambdaAlias, f.Str("arn")+":"+q)
		if q == "" || alias || published(f, q) {
			return nil
		}
		return sim.Refuse(lambdaMissing, fmt.Sprintf("Function not found: %s:%s", f.Str("arn"), q),
			"Give the name of an alias or the number of a version in qualifier.")
	}
}

// published reports whether a function has a version of that number. Versions stay when
// newer ones come.
func published(f sim.Props, version string) bool {
	last, n := 0, 0
	if version == "$LATEST" {
		return true
	}
	if _, err := fmt.Sscan(f.Str("version"), &last); err != nil { // $LATEST: none was published
		return false
	}
	_, err := fmt.Sscan(version, &n)
	return err == nil && n >= 1 && n <= last
}

// alias is a name for a version.
func alias() sim.Kind {
	return sim.Kind{
		Token: token.LambdaAlias, Service: "Lambda", API: "Alias", Verbs: map[sim.Verb]string{sim.Update: "UpdateAlias"},
		Name: &sim.Name{Auto: true, Max: 128, Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[a-zA-Z0-9_-]*[a-zA-Z_-][a-zA-Z0-9_-]*$`), Want: "letters, digits, hyphens and underscores, and no number",
		}},
		ReplaceOn: []string{"functionName", "name"},
		ID:        aliasARN,
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{"arn": aliasARN(o), "invokeArn": invokeARN(o, aliasARN(o))}
		},
		Rules: append(sim.Many(sim.Create, refer.TakenID(lambdaTaken)),
			sim.Many(sim.Create|sim.Update, functionStands("functionName"), aliasOfVersion)...),
	}
}

func aliasARN(o *sim.Op) string {
	name := o.In.Str("functionName")
	if found := functionName.FindStringSubmatch(name); found != nil {
		name = found[1]
	}
	return o.ARN("lambda", "function:"+name+":"+o.NameOf())
}

func aliasOfVersion(o *sim.Op) error {
	f, _ := named(o, "functionName")
	if published(f, o.In.Str("functionVersion")) {
		return nil
	}
	return sim.Refuse(lambdaMissing, fmt.Sprintf("Function not found: %s:%s", f.Str("arn"), o.In.Str("functionVersion")),
		"Publish the function, and give its version in functionVersion.")
}

func invokeARN(o *sim.Op, arn string) string {
	return fmt.Sprintf("arn:%s:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations", o.Partition, o.Region, arn)
}

// functionURL is a function's own address.
func functionURL() sim.Kind {
	return sim.Kind{
		Token: token.LambdaFunctionUrl, Service: "Lambda", API: "FunctionUrlConfig", Noun: "Lambda Function URL",
		Verbs:    map[sim.Verb]string{sim.Update: "UpdateFunctionUrlConfig"},
		Defaults: sim.Props{"invokeMode": "BUFFERED"},
		Enums: map[string][]string{
			"authorizationType": {"AWS_IAM", "NONE"}, "invokeMode": {"BUFFERED", "RESPONSE_STREAM"},
		},
		Ranges:    map[string]sim.Range{"cors.maxAge": {Min: 0, Max: 86400}},
		Patterns:  map[string]sim.Pattern{"functionName": {Match: functionName, Want: "a function's name or ARN"}},
		ReplaceOn: []string{"functionName", "qualifier"},
		ID:        urlID,
		Outputs: func(o *sim.Op) sim.Props {
			f, _ := named(o, "functionName")
			id, arn := o.Lower(32, "url"), f.Str("arn")
			if q := o.In.Str("qualifier"); q != "" {
				arn += ":" + q
			}
			return sim.Props{
				"urlId": id, "functionUrl": "https://" + id + ".lambda-url." + o.Region + ".on.aws/", "functionArn": arn,
			}
		},
		Rules: append(sim.Many(sim.Create, functionStands("functionName"), qualifierIsAlias, refer.TakenID(lambdaTaken)),
			sim.Many(sim.Create|sim.Update, urlCORS)...),
	}
}

func urlID(o *sim.Op) string {
	if q := o.In.Str("qualifier"); q != "" {
		return o.In.Str("functionName") + "/" + q
	}
	return o.In.Str("functionName")
}

// qualifierIsAlias: an address leads to a function or to an alias, never to a version.
func qualifierIsAlias(o *sim.Op) error {
	f, _ := named(o, "functionName")
	q := o.In.Str("qualifier")
	if _, ok := o.Find(token.LambdaAlias, f.Str("arn")+":"+q); ok || q == "" {
		return nil
	}
	return sim.Refuse(lambdaMissing, fmt.Sprintf("Alias not found: %s:%s", f.Str("arn"), q),
		"Give the name of an alias in qualifier.")
}

// urlCORS: an address takes no OPTIONS among its methods, for it answers these itself.
func urlCORS(o *sim.Op) error {
	for _, method := range o.In.Strs("cors.allowMethods") {
		if !strings.Contains(" GET PUT HEAD POST PATCH DELETE * ", " "+method+" ") {
			return sim.Refuse("ValidationException", fmt.Sprintf("Value '[%s]' at 'cors.allowMethods' failed to satisfy "+
				"constraint: Member must have length less than or equal to 6 and be a method", method),
				"Name GET, PUT, HEAD, POST, PATCH, DELETE or *.")
		}
	}
	return nil
}
