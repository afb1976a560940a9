// Package random simulates the Pulumi random provider: values that are generated
// once, kept in the state, and generated anew only when an input changes.
//
// The values are derived from the URN, so that two runs on an empty cloud agree.
// They are for trying things out and must never guard anything real.
package random

import (
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"golang.org/x/crypto/bcrypt"

	"github.com/rung-dev/rung/offline/sim"
	"github.com/rung-dev/rung/resource/token"
)

//go:generate go run ../schemagen github.com/pulumi/pulumi-random/sdk/v4/go/random types.txt schema.json

//go:embed schema.json
var schemaJSON []byte

// Package is the simulated random provider.
func Package() (*sim.Package, error) {
	schema, err := sim.ParseSchema(schemaJSON)
	if err != nil {
		return nil, err
	}
	p := &sim.Package{
		Name: "random", Version: "4.18.4", Schema: schema,
		Configure: func(string, sim.Props) (sim.Settings, []sim.Failure) {
			return sim.Settings{Account: "local", Region: "global"}, nil
		},
	}
	return p, p.Register(kinds())
}

// textInputs are the inputs of passwords and strings that make a new value.
var textInputs = []string{
	"keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper",
	"number", "numeric", "overrideSpecial", "special", "upper",
}

var textDefaults = sim.Props{
	"lower": true, "upper": true, "numeric": true, "number": true, "special": true,
	"minLower": 0.0, "minUpper": 0.0, "minNumeric": 0.0, "minSpecial": 0.0,
}

func kinds() []sim.Kind {
	return []sim.Kind{
		{
			Token:    token.RandomPassword, // The real id is "none" for all of them; here it is the key of the entry.
			ID:       func(o *sim.Op) string { return "none-" + o.Hex(12, "id") },
			Defaults: textDefaults, ReplaceOn: textInputs, Checks: []sim.Check{enoughLength},
			Secrets: []string{"result", "bcryptHash"},
			Outputs: func(o *sim.Op) sim.Props {
				text := password(o)
				return sim.Props{"result": text, "bcryptHash": hashed(text)}
			},
		},
		{
			Token: token.RandomString, ID: password,
			Defaults: textDefaults, ReplaceOn: textInputs, Checks: []sim.Check{enoughLength},
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"result": password(o)} },
		},
		{
			Token: token.RandomId, ReplaceOn: []string{"byteLength", "keepers", "prefix"},
			Ranges:  map[string]sim.Range{"byteLength": {Min: 1, Max: 1024}},
			ID:      func(o *sim.Op) string { return base64.RawURLEncoding.EncodeToString(idBytes(o)) },
			Outputs: idOutputs,
		},
		{
			Token: token.RandomPet, ReplaceOn: []string{"keepers", "length", "prefix", "separator"},
			Defaults: sim.Props{"length": 2.0, "separator": "-"}, ID: pet,
		},
		{
			Token: token.RandomInteger, ReplaceOn: []string{"keepers", "max", "min", "seed"},
			Checks:  []sim.Check{ordered},
			ID:      func(o *sim.Op) string { return fmt.Sprint(integer(o)) },
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"result": float64(integer(o))} },
		},
		{
			Token: token.RandomUuid, ReplaceOn: []string{"keepers"},
			ID:      func(o *sim.Op) string { return o.UUID("result") },
			Outputs: func(o *sim.Op) sim.Props { return sim.Props{"result": o.UUID("result")} },
		},
	}
}

// enoughLength refuses minimums that do not fit into the length.
func enoughLength(in sim.Props) []sim.Failure {
	least := in.Int("minLower") + in.Int("minUpper") + in.Int("minNumeric") + in.Int("minSpecial")
	if in.Known("length") && in.Int("length") < max(1, least) {
		return []sim.Failure{{Property: "length", Reason: fmt.Sprintf("length: got %d, want at least %d, "+
			"the sum of minLower, minUpper, minNumeric and minSpecial", in.Int("length"), max(1, least))}}
	}
	return nil
}

func ordered(in sim.Props) []sim.Failure {
	if in.Known("min") && in.Known("max") && in.Int("min") > in.Int("max") {
		return []sim.Failure{{Property: "max",
			Reason: fmt.Sprintf("max: got %d, want at least min (%d)", in.Int("max"), in.Int("min"))}}
	}
	return nil
}

// class is one group of characters of a password.
type class struct{ allow, least, chars string }

func classes(in sim.Props) []class {
	special := "!@#$%&*()-_=+[]{}<>:?"
	if s := in.Str("overrideSpecial"); s != "" {
		special = s
	}
	return []class{
		{"lower", "minLower", "abcdefghijklmnopqrstuvwxyz"},
		{"upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{"numeric", "minNumeric", "0123456789"},
		{"special", "minSpecial", special},
	}
}

// password takes the least number of each class, fills up from all of them and
// shuffles.
func password(o *sim.Op) string {
	var chars []rune
	var all []rune
	draw := func(from []rune) {
		if len(from) > 0 {
			chars = append(chars, from[o.Pick(len(from), fmt.Sprint("draw", len(chars)))])
		}
	}
	for _, c := range classes(o.In) {
		if !o.In.Bool(c.allow) || (c.allow == "numeric" && o.In.Has("number") && !o.In.Bool("number")) {
			continue
		}
		all = append(all, []rune(c.chars)...)
		for range o.In.Int(c.least) {
			draw([]rune(c.chars))
		}
	}
	for len(all) > 0 && len(chars) < o.In.Int("length") {
		draw(all)
	}
	for i := len(chars) - 1; i > 0; i-- {
		j := o.Pick(i+1, fmt.Sprint("shuffle", i))
		chars[i], chars[j] = chars[j], chars[i]
	}
	return string(chars)
}

// hashed is a real bcrypt hash at the lowest cost; passwords past bcrypt's 72
// bytes are cut, as the real provider does.
// hashes are the hashes that this process has made: each has a salt of its own, and a
// text keeps the one that it was given.
var hashes sync.Map

func hashed(text string) string {
	made, ok := hashes.Load(text)
	if !ok {
		made, _ = hashes.LoadOrStore(text, hashOf(text))
	}
	return made.(string)
}

func hashOf(text string) string {
	hash, err := bcrypt.GenerateFromPassword([]byte(text)[:min(72, len(text))], bcrypt.MinCost)
	if err != nil {
		return ""
	}
	return string(hash)
}

func idBytes(o *sim.Op) []byte {
	var out []byte
	for i := 0; len(out) < o.In.Int("byteLength"); i++ {
		block, _ := hex.DecodeString(o.Hex(64, fmt.Sprint("bytes", i)))
		out = append(out, block...)
	}
	return out[:o.In.Int("byteLength")]
}

func idOutputs(o *sim.Op) sim.Props {
	b, prefix := idBytes(o), o.In.Str("prefix")
	return sim.Props{
		"b64Std": prefix + base64.StdEncoding.EncodeToString(b),
		"b64Url": prefix + base64.RawURLEncoding.EncodeToString(b),
		"dec":    prefix + new(big.Int).SetBytes(b).String(),
		"hex":    prefix + hex.EncodeToString(b),
	}
}

func integer(o *sim.Op) int {
	low, high := o.In.Int("min"), o.In.Int("max")
	if high < low {
		return low
	}
	return low + o.Pick(high-low+1, "integer"+o.In.Str("seed"))
}

var (
	petWords = []string{"ably", "boldly", "duly", "fairly", "freely", "gladly", "justly", "neatly", "simply", "truly"}
	petKinds = []string{"able", "brave", "clever", "eager", "gentle", "keen", "loyal", "proud", "swift", "wise"}
	petNames = []string{"badger", "crane", "falcon", "heron", "lynx", "marten", "otter", "raven", "salmon", "wren"}
)

// pet gives length words, the last a name, the one before an adjective.
func pet(o *sim.Op) string {
	var words []string
	if p := o.In.Str("prefix"); p != "" {
		words = append(words, p)
	}
	for left := o.In.Int("length"); left > 0; left-- {
		list := petWords
		switch left {
		case 1:
			list = petNames
		case 2:
			list = petKinds
		}
		words = append(words, list[o.Pick(len(list), fmt.Sprint("pet", left))])
	}
	return strings.Join(words, o.In.Str("separator"))
}
