package record

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// otherOutputs are the rows of the providers beside AWS.
var otherOutputs = map[string]func(made) outputs{
	// A stack that was never deployed has no outputs.
	"pulumi:pulumi:StackReference": func(m made) outputs {
		return outputs{"outputs": resource.NewProperty(resource.PropertyMap{})}
	},
	"random:index/randomPassword:RandomPassword": func(m made) outputs {
		return outputs{"id": "none", "result": secret(m.text(int(m.number("length", 16)))),
			"bcryptHash": secret("$2a$10$" + m.text(53))}
	},
	"random:index/randomString:RandomString": func(m made) outputs {
		text := m.text(int(m.number("length", 16)))
		return outputs{"id": text, "result": text}
	},
	"random:index/randomId:RandomId": func(m made) outputs {
		h := m.text(2 * int(m.number("byteLength", 8)))
		return outputs{"id": h, "hex": m.str("prefix") + h, "b64Url": m.str("prefix") + h, "b64Std": m.str("prefix") + h,
			"dec": m.str("prefix") + "1"}
	},
	"random:index/randomPet:RandomPet":   func(m made) outputs { return outputs{"id": "calm-" + m.hex(6)} },
	"random:index/randomUuid:RandomUuid": func(m made) outputs { return outputs{"id": m.uuid(), "result": m.uuid()} },

	"cloudflare:index/zone:Zone": func(m made) outputs {
		return outputs{"id": m.hash, "zone": m.str("zone"), "status": "active",
			"nameServers": list("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")}
	},
	"cloudflare:index/record:Record": func(m made) outputs {
		return outputs{"id": m.hash, "hostname": m.str("name")}
	},
	"cloudflare:index/ruleset:Ruleset": func(m made) outputs { return outputs{"id": m.hash} },
}

func secret(s string) resource.PropertyValue { return resource.MakeSecret(resource.NewProperty(s)) }

// text is n characters; longer than the hash it repeats.
func (m made) text(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(m.hash, n/len(m.hash)+1)[:n]
}
