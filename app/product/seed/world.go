package seed

import (
	_ "embed" // the people's names and what they write
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// people has a line of first names and one of last names.
//
//go:embed people.txt
var people string

// posts has what people write about: of each subject some titles, in lines with a #,
// and the sentences of its posts, subjects being apart by an empty line.
//
//go:embed posts.txt
var posts string

// subject is what a post may be about.
type subject struct{ titles, sentences []string }

var (
	names    = strings.Split(strings.TrimSpace(people), "\n")
	first    = strings.Fields(names[0])
	last     = strings.Fields(names[1])
	subjects = read(posts)
)

func read(text string) []subject {
	var all []subject
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		var s subject
		for line := range strings.Lines(part) {
			line = strings.TrimSpace(line)
			if title, ok := strings.CutPrefix(line, "# "); ok {
				s.titles = append(s.titles, title)
			} else {
				s.sentences = append(s.sentences, line)
			}
		}
		all = append(all, s)
	}
	return all
}

// name is the i-th person's, as people write theirs here, with a number once all are given.
func name(i int) string {
	all := len(first) * len(last)
	// One step in first names, and seven in last ones, so that neighbours share neither.
	n := strings.ToLower(first[i%len(first)] + "-" + last[(i/len(first)+7*i)%len(last)])
	if round := i / all; round > 0 {
		return fmt.Sprintf("%s-%d", n, round+1)
	}
	return n
}

// write is a title and a text of some sentences on one subject.
func write(source *rand.Rand) (title, body string) {
	s := subjects[source.IntN(len(subjects))]
	kept := source.Perm(len(s.sentences))[:3+source.IntN(len(s.sentences)-2)]
	slices.Sort(kept)
	lines := make([]string, len(kept))
	for i, k := range kept {
		lines[i] = s.sentences[k]
	}
	return s.titles[source.IntN(len(s.titles))], strings.Join(lines, " ")
}
