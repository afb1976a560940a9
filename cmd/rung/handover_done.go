package main

import (
	"bytes"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"

	"github.com/rung-dev/rung/stacks/config"
)

// handoverDone writes rung:handover done in the stack's configuration where it is
// pending: the next `rung up` lets the server go, once that was confirmed. It says
// how to go on.
func (a *app) handoverDone() error {
	stored, err := a.stored()
	if err != nil || stored[handoverKey] != string(config.HandoverPending) {
		return err
	}
	path, text, err := a.storedFile()
	if err != nil {
		return err
	}
	if text, err = withHandover(text, config.HandoverDone); err == nil {
		err = replaceFile(path, text)
	}
	if err != nil {
		return fmt.Errorf("the move is finished, but setting rung:handover to done failed: %w; go on with `rung up %s --set "+
			"handover=done`", err, stored["stage"])
	}
	a.say("rung:handover is done now in %s. Next: `rung up %s` leads everybody to the fleet and lets the server go; its\n"+
		"volume keeps a last snapshot.", path, stored["stage"])
	return nil
}

// withHandover is a stack's file with another rung:handover, all else as it was.
func withHandover(text []byte, value config.Handover) ([]byte, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	node := under(under(&file, "config"), config.Namespace+":"+handoverKey)
	if node == nil || node.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("there is no %s:%s as a text", config.Namespace, handoverKey)
	}
	node.Value = string(value)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := encoder.Encode(&file)
	return out.Bytes(), err
}

// under is the value of a key in an object; nil for none.
func under(n *yaml.Node, key string) *yaml.Node {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, text, info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}
