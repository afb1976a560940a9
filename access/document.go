package access

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// most is how many characters a managed policy may have, white space apart. A part of it is
// left for the document around the statements.
const most = 6144 - 100

// byService are actions in a statement for each service, so that they can be shared out
// over several policies. A statement that has no resource allows nothing and is left out.
func byService(sid string, actions, resources []string, condition map[string]map[string][]string) (all []Statement) {
	if len(resources) == 0 {
		return nil
	}
	services := map[string][]string{}
	for _, action := range actions {
		service, _, _ := strings.Cut(action, ":")
		services[service] = append(services[service], action)
	}
	for _, service := range sortedKeys(services) {
		list := services[service]
		slices.Sort(list)
		all = append(all, Statement{Sid: sid + plain(service), Effect: "Allow", Action: slices.Compact(list),
			Resource: resources, Condition: condition})
	}
	return all
}

// plain is a service as a Sid takes it: letters and digits.
func plain(service string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToUpper(service[:1])+service[1:])
}

// documents share statements out over policies, none longer than IAM takes.
func documents(name string, statements []Statement) (all []Document) {
	var now []Statement
	size := 0
	end := func() {
		if len(now) > 0 {
			all = append(all, Document{fmt.Sprintf("%s-%d", name, len(all)+1), Policy{"2012-10-17", now}})
		}
		now, size = nil, 0
	}
	for _, s := range statements {
		for _, part := range parts(s) {
			n := length(part)
			if size+n > most {
				end()
			}
			now, size = append(now, part), size+n
		}
	}
	end()
	return all
}

// parts are a statement in halves, and halves of these, until each fits into a policy.
func parts(s Statement) []Statement {
	if length(s) <= most {
		return []Statement{s}
	}
	first, second := s, s
	switch {
	case len(s.Resource) > 1:
		first.Resource, second.Resource = s.Resource[:len(s.Resource)/2], s.Resource[len(s.Resource)/2:]
	case len(s.Action) > 1:
		first.Action, second.Action = s.Action[:len(s.Action)/2], s.Action[len(s.Action)/2:]
	default:
		return []Statement{s}
	}
	first.Sid, second.Sid = s.Sid+"A", s.Sid+"B"
	return append(parts(first), parts(second)...)
}

// length is that of a statement in JSON, with its comma.
func length(s Statement) int {
	text, _ := json.Marshal(s) // plain values: cannot fail
	return len(text) + 1
}
