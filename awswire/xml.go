package awswire

import (
	"encoding/xml"
	"strings"
)

// Node is an element of an answer in XML. The zero value is one that is not there: it has
// no text and no children.
type Node struct {
	XMLName  xml.Name
	Content  string `xml:",chardata"`
	Children []Node `xml:",any"`
}

// Parse reads an answer in XML.
func Parse(answer []byte) (n Node, err error) {
	err = xml.Unmarshal(answer, &n)
	return n, err
}

// Find is the first element of a name, however deep; an empty one for none.
func (n Node) Find(name string) Node {
	if n.XMLName.Local == name {
		return n
	}
	for _, c := range n.Children {
		if found := c.Find(name); found.XMLName.Local != "" {
			return found
		}
	}
	return Node{}
}

// All are the children of the first element of a name.
func (n Node) All(name string) []Node { return n.Find(name).Children }

// Child is the text of a direct child; empty for none.
func (n Node) Child(name string) string {
	for _, c := range n.Children {
		if c.XMLName.Local == name {
			return c.Text()
		}
	}
	return ""
}

// Text is what stands in the element itself.
func (n Node) Text() string { return strings.TrimSpace(n.Content) }
