package artifact

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rung-dev/rung/outside/legible"
	"github.com/rung-dev/rung/outside/place"
)

// Architecture is a processor architecture as Go names it.
type Architecture string

// The architectures that AWS has.
const (
	ARM64 Architecture = "arm64"
	AMD64 Architecture = "amd64"
)

// machines are the architectures as ELF numbers them.
var machines = map[elf.Machine]Architecture{
	elf.EM_AARCH64: ARM64, elf.EM_X86_64: AMD64,
	elf.EM_386: "386", elf.EM_ARM: "arm", elf.EM_RISCV: "riscv64", elf.EM_S390: "s390x", elf.EM_PPC64: "ppc64",
}

// fits fails unless the file is a program that Amazon Linux runs on the
// architecture. The error says what it is instead.
func fits(path string, want Architecture) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // to open a pipe would be to wait for it
		return fmt.Errorf("it is %s", place.Kind(info.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.HasPrefix(head[:n], []byte(elf.ELFMAG)) {
		return fmt.Errorf("it is %s", kind(head[:n]))
	}
	return program(f, info.Size(), want)
}

// kinds are the files that are taken for programs by mistake, by how they begin.
var kinds = []struct{ begins, what string }{
	{"MZ", "a program for Windows"},
	{"\xcf\xfa\xed\xfe", "a program for macOS"}, {"\xfe\xed\xfa", "a program for macOS"}, {"\xca\xfe\xba\xbe", "a program for macOS, or a Java class"},
	{"PK", "a zip archive"}, {"\x1f\x8b", "compressed: unpack it first"}, {"!<arch>\n", "a library"},
}

// kind says what a file is that is no ELF file.
func kind(head []byte) string {
	if len(head) == 0 {
		return "empty"
	}
	if script, is := strings.CutPrefix(string(head), "#!"); is {
		line, _, _ := strings.Cut(script, "\n")
		return fmt.Sprintf("a script for %s", legible.Line(strings.TrimSpace(line)))
	}
	for _, k := range kinds {
		if strings.HasPrefix(string(head), k.begins) {
			return k.what
		}
	}
	return "no program (an ELF file begins otherwise)"
}

// program checks an ELF file.
func program(r io.ReaderAt, size int64, want Architecture) error {
	f, err := elf.NewFile(r)
	if err != nil {
		return fmt.Errorf("it is a damaged program: %w", err)
	}
	switch arch, known := machines[f.Machine]; {
	case !known:
		return fmt.Errorf("it is a program for %s", f.Machine)
	case arch != want:
		return fmt.Errorf("it is a program for %s", arch)
	case f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB:
		return fmt.Errorf("it is a program for %s of another kind (%s, %s)", arch, f.Class, f.Data)
	case f.OSABI != elf.ELFOSABI_NONE && f.OSABI != elf.ELFOSABI_LINUX:
		return fmt.Errorf("it is a program for another system than Linux (%s)", f.OSABI)
	}
	return runs(f, size)
}

// named reports whether an ELF file has a name by which programs load it.
func named(f *elf.File) bool {
	names, err := f.DynString(elf.DT_SONAME)
	return err == nil && len(names) > 0
}

// runs tells a program from a library, from an object file, and from half of
// one.
func runs(f *elf.File, size int64) error {
	loads, loader := 0, ""
	for _, p := range f.Progs {
		if p.Filesz > uint64(size) || p.Off > uint64(size)-p.Filesz {
			return errors.New("it is a damaged program: its end is missing")
		}
		switch p.Type {
		case elf.PT_LOAD:
			loads++
		case elf.PT_INTERP:
			name, err := io.ReadAll(io.LimitReader(p.Open(), 256))
			if err != nil {
				return fmt.Errorf("it is a damaged program: %w", err)
			}
			loader = strings.TrimRight(string(name), "\x00")
		}
	}
	switch {
	case f.Type != elf.ET_EXEC && f.Type != elf.ET_DYN, loads == 0:
		return fmt.Errorf("it is no program, but an object file or a core dump (%s)", f.Type)
	case f.Entry == 0, loader == "" && named(f):
		return errors.New("it is a shared library, which cannot be started")
	case loader != "" && !strings.Contains(loader, "ld-linux"):
		return fmt.Errorf("it needs the loader %s, which Amazon Linux does not have: build it statically (CGO_ENABLED=0) "+
			"or against glibc", legible.Line(loader))
	}
	return nil
}
