// Package legible makes text from outside safe to show: names of resources,
// messages of clouds, paths, values of settings.
//
// A terminal obeys what it is sent. A name with an escape sequence can hide a
// line, change the window's title or write what looks like rung's own verdict;
// one with a mark for the direction of writing can show the reverse of what it
// says. So whatever is no visible character is written as an escape, as in Go's
// source: \x1b, \u202e. What is visible stays, in every script.
//
// Every renderer passes its text through here, last. JSON stays data: there the
// same characters are escaped as JSON does it, and read back as they were.
package legible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes a text safe within a line: a line break or a tab is written as an
// escape, too, so that no text can begin a line of its own.
func Line(s string) string { return replace(s, visible, escape) }

// Text makes a text of several lines safe; line breaks and tabs stay.
func Text(s string) string {
	return replace(strings.ReplaceAll(s, "\r\n", "\n"), func(r rune) bool { return visible(r) || r == '\n' || r == '\t' },
		escape)
}

// JSON makes a JSON document safe without changing what it says. Outside of
// strings it has no character that this could touch.
func JSON(document string) string {
	return replace(document, func(r rune) bool { return visible(r) || r == '\n' || r == '\t' }, jsonEscape)
}

// visible reports whether a character takes its place and does nothing else.
func visible(r rune) bool { return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) }

func replace(s string, keep func(rune) bool, escape func(r rune, raw string) string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if raw := s[i : i+size]; keep(r) && !(r == utf8.RuneError && size == 1) {
			b.WriteString(raw)
		} else {
			b.WriteString(escape(r, raw))
		}
		i += size
	}
	return b.String()
}

func escape(r rune, raw string) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case len(raw) == 1: // a control character, or a byte that is no UTF-8
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

func jsonEscape(r rune, _ string) string {
	if r > 0xffff {
		r -= 0x10000
		return fmt.Sprintf(`\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
	}
	return fmt.Sprintf(`\u%04x`, r)
}
