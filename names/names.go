// Package names derives the physical names of what a stack owns, and says which
// stack names can work.
//
// A service takes only so many characters and only some of them, while a stack's
// name may be long. What tells siblings apart stands at the end of a name, so a
// name that is too long is shortened in its middle: the head of the stack's name,
// a hash of the whole, and the telling end. A name that fits stays as it is, byte
// for byte: it stands in states and clouds already.
//
// It creates nothing and imports nothing of rung's.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Longest is the most characters of a stack's name, which is Pulumi's own limit.
const Longest = 100

// fit is what every service can name something after, once shortened. Dots are
// Pulumi's but no dashboard's, worker's or host's; a hyphen in front is a flag to
// every command line, Pulumi's own included.
var fit = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)

// Check refuses the name of a stack that cannot work on some stage. The error
// says what is allowed and offers the nearest name that is.
func Check(stack string) error {
	if len(stack) <= Longest && fit.MatchString(stack) {
		return nil
	}
	hint := ""
	if near := nearest(stack); near != "" {
		hint = ": " + near + ", say"
	}
	return fmt.Errorf("stack name %q: want 1 to %d letters, digits, hyphens and underscores, a hyphen not in front%s",
		shown(stack), Longest, hint)
}

// shown keeps a message readable however long the name is.
func shown(stack string) string {
	const most = 2 * Longest
	if len(stack) <= most {
		return stack
	}
	return strings.ToValidUTF8(stack[:most], "") + "…"
}

var unfit = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// nearest is a name like the one given that can work; empty for none.
func nearest(stack string) string {
	name := strings.Trim(unfit.ReplaceAllString(stack, "-"), "-")
	return strings.TrimRight(name[:min(len(name), Longest)], "-")
}

// Form is what a service takes as a name.
type Form struct {
	// Max is the most characters, end included.
	Max int
	// Refused is what a name may not contain: each run of it becomes one hyphen,
	// and none is left at either end. Nil refuses nothing of a stack's name.
	Refused *regexp.Regexp
	// Lower says that capitals are refused too, and become small.
	Lower bool
	// Letter says that a name begins with a letter: one is put before others.
	Letter bool
	// Alone says that nothing random is part of the name. Then two stacks whose
	// names differ only in what the service refuses would share it, so that a
	// name which loses anything carries the hash as well.
	Alone bool
}

// RDS is what RDS takes as the identifier of an instance, a cluster or a global
// database: 63 letters, digits and single hyphens, beginning with a letter.
var RDS = Form{Max: 63, Refused: regexp.MustCompile(`[^a-z0-9]+`), Lower: true, Letter: true}

// hashed is the length of the hash in a name; at 32 bits, two siblings of some
// dozens share one once in many million stacks.
const hashed = 8

// Of is the name of what the stack calls own, with the end behind it, whole. Own
// is empty for what is named after the stack alone.
func (f Form) Of(stack, own, end string) string {
	whole, lost := f.clean(joined(stack, own))
	whole = f.lettered(whole)
	if len(whole)+len(end) <= f.Max && !(lost && f.Alone) {
		return whole + end
	}
	return f.shortened(stack, own, f.Max-len(end)) + end
}

// shortened is the head of the stack's name, a hash of the whole and the end of
// own, at least a third of it the stack's, so that people see whose it is.
func (f Form) shortened(stack, own string, room int) string {
	sum := sha256.Sum256([]byte(stack + "\x00" + own))
	hash := hex.EncodeToString(sum[:])[:hashed]
	room -= hashed + 1 // and a hyphen before it
	tail, _ := f.clean(own)
	if most := room - room/3 - 1; len(tail) > most {
		tail = strings.TrimLeft(tail[len(tail)-most:], "-_")
	}
	if tail != "" {
		tail = "-" + tail
	}
	head, _ := f.clean(stack)
	head = f.lettered(head)
	head = strings.TrimRight(head[:min(len(head), room-len(tail))], "-_")
	if head == "" { // nothing but underscores
		return f.lettered(hash) + tail
	}
	return head + "-" + hash + tail
}

// Cut is the name that versions before the hash gave: cut at the end of what the
// stack calls own. It is for names that stand, and for nothing else.
func (f Form) Cut(stack, own, end string) string {
	whole, _ := f.clean(joined(stack, own))
	whole = f.lettered(whole)
	return strings.TrimRight(whole[:min(len(whole), f.Max-len(end))], "-") + end
}

// Kept is the name of what may stand from before the hash: Cut where older versions
// can have given it, since another name would be another thing, and Of otherwise.
func (f Form) Kept(stack, own, end string, older bool) string {
	if older {
		return f.Cut(stack, own, end)
	}
	return f.Of(stack, own, end)
}

func joined(stack, own string) string {
	if own == "" {
		return stack
	}
	return stack + "-" + own
}

// clean is the text in what the form takes, and whether that lost anything.
func (f Form) clean(s string) (clean string, lost bool) {
	clean = s
	if f.Lower {
		clean = strings.ToLower(clean)
	}
	if f.Refused != nil {
		clean = strings.Trim(f.Refused.ReplaceAllString(clean, "-"), "-")
	}
	return clean, clean != s
}

func (f Form) lettered(s string) string {
	if f.Letter && (s == "" || !isLetter(s[0])) {
		return "s" + s
	}
	return s
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// Brief is the stack's name for a description, in at most so many characters.
func Brief(stack string, most int) string { return Form{Max: most}.Of(stack, "", "") }
