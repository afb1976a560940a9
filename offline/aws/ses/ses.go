// Package ses simulates SES: identities of who sends mail, which nobody verifies here, and sets of how it
// is sent, by the older API and the newer one.
package ses

import (
	"regexp"
	"strings"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

var (
	domainName = sim.Pattern{Match: regexp.MustCompile(`^(?:[A-Za-z0-9_-]+\.)+[A-Za-z0-9-]+$`), Want: "a domain without a dot at its end"}
	address    = sim.Pattern{Match: regexp.MustCompile(`^[^@\s]+@[^@\s]+$`), Want: "an address of mail"}
)

// Kinds is the table of SES.
func Kinds() []sim.Kind {
	return []sim.Kind{domainIdentity(), domainDkim(), emailIdentity(), identity(), configurationSet()}
}

func of(path string) func(*sim.Op) string {
	return func(o *sim.Op) string { return o.In.Str(path) }
}

// again is how the older API takes an identity that there is: it verifies it anew.
func again(kind, api, noun, path string, form sim.Pattern) sim.Kind {
	return sim.Kind{
		Token: kind, Service: "SES", API: api, Noun: noun, Patterns: map[string]sim.Pattern{path: form},
		Verbs: map[sim.Verb]string{sim.Create: "Verify" + api, sim.Delete: "DeleteIdentity"}, ReplaceOn: []string{path}, ID: of(path),
	}
}

func domainIdentity() sim.Kind {
	k := again(token.SESDomainIdentity, "DomainIdentity", "SES Domain Identity", "domain", domainName)
	k.Outputs = func(o *sim.Op) sim.Props {
		return sim.Props{"arn": o.ARN("ses", "identity/"+o.ID), "verificationToken": o.Lower(43, "token") + "="}
	}
	return k
}

// domainDkim are the names of three records by which a domain signs.
func domainDkim() sim.Kind {
	k := again(token.SESDomainDkim, "DomainDkim", "SES Domain DKIM", "domain", domainName)
	k.Outputs = func(o *sim.Op) sim.Props {
		return sim.Props{"dkimTokens": sim.List(o.Lower(32, "one"), o.Lower(32, "two"), o.Lower(32, "three"))}
	}
	k.Refs = []sim.Ref{{Path: "domain", To: []sim.Target{{Token: token.SESDomainIdentity},
		{Token: token.SESv2EmailIdentity}},
		Missing: "InvalidParameterValue"}}
	return k
}

func emailIdentity() sim.Kind {
	k := again(token.SESEmailIdentity, "EmailIdentity", "SES Email Identity", "email", address)
	k.Outputs = func(o *sim.Op) sim.Props { return sim.Props{"arn": o.ARN("ses", "identity/"+o.ID)} }
	return k
}

const newer = "SESv2"

// identity is a domain or an address, by the newer API.
func identity() sim.Kind {
	return sim.Kind{
		Token: token.SESv2EmailIdentity, Service: newer, API: "EmailIdentity", Noun: "SESV2 (Simple Email V2) Email Identity",
		Verbs:     map[sim.Verb]string{sim.Update: "PutEmailIdentityConfigurationSetAttributes"},
		ReplaceOn: []string{"emailIdentity"}, ID: of("emailIdentity"),
		Outputs: func(o *sim.Op) sim.Props {
			kind, tokens := "DOMAIN", sim.List(o.Lower(32, "one"), o.Lower(32, "two"), o.Lower(32, "three"))
			if strings.Contains(o.ID, "@") {
				kind, tokens = "EMAIL_ADDRESS", []any{}
			}
			return sim.Props{
				"arn": o.ARN("ses", "identity/"+o.ID), "identityType": kind, "verifiedForSendingStatus": false,
				"dkimSigningAttributes": map[string]any{
					"currentSigningKeyLength": "RSA_2048_BIT", "nextSigningKeyLength": "RSA_2048_BIT", "signingAttributesOrigin": "AWS_SES",
					"status": "PENDING", "tokens": tokens, "lastKeyGenerationTimestamp": "",
				},
			}
		},
		Refs: []sim.Ref{{Path: "configurationSetName", To: []sim.Target{{Token: token.SESv2ConfigurationSet}}, Missing: "NotFoundException"}},
		Rules: sim.Many(sim.Create, func(o *sim.Op) error {
			if _, taken := o.Find(token.SESv2EmailIdentity, o.ID); !taken {
				return nil
			}
			return sim.Refuse("AlreadyExistsException", "Email identity "+o.ID+" already exist.", "Use the one that there is.")
		}),
	}
}

func configurationSet() sim.Kind {
	return sim.Kind{
		Token: token.SESv2ConfigurationSet, Service: newer, API: "ConfigurationSet", Noun: "SESV2 (Simple Email V2) Configuration Set",
		Verbs: map[sim.Verb]string{sim.Update: "PutConfigurationSetSendingOptions"},
		Name: &sim.Name{Property: "configurationSetName", Max: 64, Taken: "AlreadyExistsException", Pattern: sim.Pattern{
			Match: regexp.MustCompile(`^[A-Za-z0-9_-]+$`), Want: "letters, digits, hyphens and underscores"}},
		Enums: map[string][]string{"deliveryOptions.tlsPolicy": {"REQUIRE", "OPTIONAL"},
			"suppressionOptions.suppressedReasons": {"BOUNCE", "COMPLAINT"}},
		ReplaceOn: []string{"configurationSetName"},
		Outputs: func(o *sim.Op) sim.Props {
			return sim.Props{
				"arn": o.ARN("ses", "configuration-set/"+o.NameOf()), "sendingOptions": map[string]any{"sendingEnabled": true},
				"reputationOptions": map[string]any{"reputationMetricsEnabled": false, "lastFreshStart": ""},
			}
		},
	}
}
