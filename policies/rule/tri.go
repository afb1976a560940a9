package rule

// Tri is the answer to a question that a preview may be unable to settle.
type Tri int8

// The answers. The zero value is No.
const (
	No Tri = iota
	Yes
	Unknown
)

// Of turns a plain answer into a Tri.
func Of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Not is the opposite; the opposite of Unknown is Unknown.
func (t Tri) Not() Tri {
	switch t {
	case Yes:
		return No
	case No:
		return Yes
	}
	return Unknown
}

// All is Yes when every answer is; one No settles it, whatever is unknown.
func All(answers ...Tri) Tri {
	got := Yes
	for _, t := range answers {
		switch {
		case t == No:
			return No
		case t == Unknown:
			got = Unknown
		}
	}
	return got
}

// Any is Yes when one answer is; with none it is No.
func Any(answers ...Tri) Tri {
	got := No
	for _, t := range answers {
		switch {
		case t == Yes:
			return Yes
		case t == Unknown:
			got = Unknown
		}
	}
	return got
}
