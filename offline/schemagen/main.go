// Command schemagen writes the property tables of the simulated providers.
//
// It reads the Go SDK of a Pulumi provider from the module cache and keeps, for
// each token of a type or a function in types.txt, the names and types of its inputs and outputs.
// The tables are what lets the simulation refuse a misspelt property or a value
// of the wrong type. "any=name,name" after a token leaves the properties of these
// names unchecked: WAF's statements hold statements, in 12 MB of types. Run it
// after adding a token:
//
//	go generate ./offline/...
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: schemagen MODULE/SUBFOLDER types.txt schema.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

func run(pkg, typesFile, out string) error {
	wanted, err := readLines(typesFile)
	if err != nil {
		return err
	}
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		return fmt.Errorf("find %s in the module cache: %w", pkg, err)
	}
	sdk := newSDK(strings.TrimSpace(string(dir)))
	for _, line := range wanted {
		token, opaque, _ := strings.Cut(line, " any=")
		sdk.opaque = strings.Split(opaque, ",")
		if err := sdk.add(token); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(sdk.result, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Clean(out), append(data, '\n'), 0o644)
}

// readLines returns the tokens of a list, leaving out comments and blank lines.
func readLines(path string) ([]string, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
