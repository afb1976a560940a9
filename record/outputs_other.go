package record

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/rung-dev/rung/resource/token"
)

// otherOutputs are the rows of the providers beside AWS.
var otherOutputs = map[string]func(made) outputs{
	// A stack that was never deployed has no outputs.
	token.StackReference: func(m made) outputs {
		return outputs{"outputs": resource.NewProperty(resource.PropertyMap{})}
	},
	token.RandomPassword: func(m made) outputs {
		return outputs{"id": "none", "result": secret(m.text(int(m.number("length", 16)))),
			"bcryptHash": secret("$2a$10$" + m.text(53))}
	},
	token.RandomString: func(m made) outputs {
		text := m.text(int(m.number("length", 16)))
		return outputs{"id": text, "result": text}
	},
	token.RandomId: func(m made) outputs {
		h := m.text(2 * int(m.number("byteLength", 8)))
		return outputs{"id": h, "hex": m.str("prefix") + h, "b64Url": m.str("prefix") + h, "b64Std": m.str("prefix") + h,
			"dec": m.str("prefix") + "1"}
	},
	token.RandomPet:  func(m made) outputs { return outputs{"id": "calm-" + m.hex(6)} },
	token.RandomUuid: func(m made) outputs { return outputs{"id": m.uuid(), "result": m.uuid()} },

	token.CloudflareZone: func(m made) outputs {
		return outputs{"id": m.hash, "zone": m.str("zone"), "status": "active",
			"nameServers": list("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")}
	},
	token.CloudflareRecord: func(m made) outputs {
		return outputs{"id": m.hash, "hostname": m.str("name")}
	},
	token.CloudflareRuleset: func(m made) outputs { return outputs{"id": m.hash} },
}

func secret(s string) resource.PropertyValue { return resource.MakeSecret(resource.NewProperty(s)) }

// text is n characters; longer than the hash it repeats.
func (m made) text(n int) string {
	if n <= 0 {
		return ""
	}
	return strings.Repeat(m.hash, n/len(m.hash)+1)[:n]
}
