// Package store keeps a stack in the layout of Pulumi's file backend, so that a
// stock CLI can open what rung's linked engine leaves, and the other way round.
//
// The state of a stack is one file. Writing it before and after each step, as
// Pulumi's backend does, costs minutes on a large stack; here a run appends each
// step to a journal (see Journal), and the file is written once, when the run
// ends. A journal that a killed run left behind is part of the state: Read replays
// it, and Recover folds it into the file. What the entries mean is Pulumi's own
// code (backend.JournalReplayer), the one that its service replays them with.
//
// The package does not decide who may write; Lock does, by Pulumi's own protocol.
package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Organization is what Pulumi's file backend calls the owner of every stack.
const Organization = "organization"

// Stack is one stack's files. The zero value is of no use: see At.
type Stack struct {
	disk                disk
	root, project, name string
	// journal is where a run notes its steps; empty keeps no journal, so that a
	// killed run leaves the stack as it was before.
	journal string
}

// At is the stack of a project in the file backend at root, with its journal in a
// file of its own; an empty journal is for stacks that nobody will miss.
func At(root, project, name, journal string) Stack {
	return Stack{disk: files{}, root: root, project: project, name: name, journal: journal}
}

// Beside is another stack of the same file backend, for reading.
func (s Stack) Beside(project, name string) Stack {
	other := Stack{disk: s.disk, root: s.root, project: project, name: name}
	if s.journal != "" && project == s.project {
		other.journal = filepath.Join(filepath.Dir(s.journal), name+filepath.Ext(s.journal))
	}
	return other
}

// File is where the state lies.
func (s Stack) File() string {
	return filepath.Join(s.root, ".pulumi", "stacks", s.project, s.name+".json")
}

// Compressed reports whether Pulumi keeps the state compressed, which nothing here reads.
func (s Stack) Compressed() (bool, error) { return s.disk.has(s.File() + ".gz") }

// LockDir is where the locks of the stack lie.
func (s Stack) LockDir() string {
	return filepath.Join(s.root, ".pulumi", "locks", Organization, s.project, s.name)
}

// Create makes an empty stack, where there is none.
func (s Stack) Create() error {
	if there, err := s.disk.has(s.File()); there || err != nil {
		return err
	}
	meta := filepath.Join(s.root, ".pulumi", "meta.yaml")
	there, err := s.disk.has(meta)
	if err == nil && !there {
		err = s.disk.replace(meta, []byte("version: 1\n"))
	}
	if err != nil {
		return err
	}
	_, err = s.write(apitype.TypedDeployment{})
	return err
}

// Read is the state, with what a broken-off run noted after it was last written. A
// stack that has never been deployed has no Deployment.
func (s Stack) Read() (apitype.TypedDeployment, error) {
	text, err := s.disk.read(s.File())
	if err != nil {
		return apitype.TypedDeployment{}, fmt.Errorf("read the state: %w", err)
	}
	d, err := decode(text)
	if err != nil {
		return d, fmt.Errorf("read the state %s: %w", s.File(), err)
	}
	notes, err := s.notes()
	if err != nil || notes == nil || notes.standing(text) != continues {
		return d, err
	}
	return notes.replay(d.Deployment)
}

// Stamp is the same for as long as Read gives the same: of the state's file and of
// the journal. What it costs is reading the files, a tenth of what Read does.
func (s Stack) Stamp() (string, error) {
	var all []byte
	text, err := s.disk.read(s.File())
	if err != nil {
		return "", fmt.Errorf("read the state: %w", err)
	}
	all = append(append(all, digest(text)...), '\n')
	if s.journal == "" {
		return digest(all), nil
	}
	if text, err = s.disk.notes(s.journal); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the state: %w", err)
	}
	all = append(append(all, digest(text)...), '\n')
	return digest(all), nil
}

func decode(text []byte) (apitype.TypedDeployment, error) {
	checkpoint, version, features, err := stack.UnmarshalVersionedCheckpointToLatestCheckpoint(encoding.JSON, text)
	if err != nil {
		return apitype.TypedDeployment{}, err
	}
	return apitype.TypedDeployment{Version: version, Features: features, Deployment: checkpoint.Latest}, nil
}

// Write replaces the state in one step and keeps the one before as FILE.bak, as
// Pulumi does.
func (s Stack) Write(d apitype.TypedDeployment) error {
	_, err := s.write(d)
	return err
}

func (s Stack) write(d apitype.TypedDeployment) (sum string, err error) {
	text, err := s.encode(d)
	if err != nil {
		return "", fmt.Errorf("write the state %s: %w", s.File(), err)
	}
	return digest(text), s.put(text)
}

func (s Stack) put(text []byte) error {
	if err := s.disk.keep(s.File()); err != nil {
		return fmt.Errorf("keep the last state: %w", err)
	}
	if err := s.disk.replace(s.File(), text); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

// encode is the file, as Pulumi's file backend writes it.
func (s Stack) encode(d apitype.TypedDeployment) ([]byte, error) {
	m := plainJSON{encoding.JSON}
	name := tokens.QName(Organization + "/" + s.project + "/" + s.name)
	checkpoint, err := stack.DeploymentV3ToCheckpointWithMarshaler(m, name, d.Deployment, d.Version, d.Features)
	if err != nil {
		return nil, err
	}
	if checkpoint.Version == 0 {
		checkpoint.Version = apitype.DeploymentSchemaVersionCurrent
	}
	return m.Marshal(checkpoint)
}

// plainJSON writes compact JSON that does not escape for HTML.
type plainJSON struct{ encoding.Marshaler }

// Marshal is json.Marshal without the escapes.
func (plainJSON) Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
