package artifact

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// binaryOf writes the smallest file that ELF takes for a program, changed by edit.
func binaryOf(t *testing.T, machine elf.Machine, loader string, edit func(*elf.Header64)) []byte {
	t.Helper()
	const head, segment = 64, 56
	h := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1, Entry: 0x10000, Phoff: head,
		Ehsize: head, Phentsize: segment, Phnum: 2,
	}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	code := []byte("code" + loader + "\x00")
	at := uint64(head + 2*segment)
	load := elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: at, Vaddr: 0x10000,
		Filesz: uint64(len(code)), Memsz: uint64(len(code))}
	interp := elf.Prog64{Type: uint32(elf.PT_NOTE), Off: at}
	if loader != "" {
		interp = elf.Prog64{Type: uint32(elf.PT_INTERP), Off: at + 4, Filesz: uint64(len(loader)) + 1}
	}
	if edit != nil {
		edit(&h)
	}
	var b bytes.Buffer
	for _, part := range []any{h, load, interp} {
		require.NoError(t, binary.Write(&b, binary.LittleEndian, part))
	}
	b.Write(code)
	return b.Bytes()
}

func TestProgramsThatFit(t *testing.T) {
	for name, tt := range map[string]struct {
		text []byte
		want Architecture
	}{
		"static":           {binaryOf(t, elf.EM_AARCH64, "", nil), ARM64},
		"against glibc":    {binaryOf(t, elf.EM_AARCH64, "/lib/ld-linux-aarch64.so.1", nil), ARM64},
		"for Intel":        {binaryOf(t, elf.EM_X86_64, "/lib64/ld-linux-x86-64.so.2", nil), AMD64},
		"relocatable":      {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Type = uint16(elf.ET_DYN) }), ARM64},
		"of the Linux ABI": {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Ident[elf.EI_OSABI] = byte(elf.ELFOSABI_LINUX) }), ARM64},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mine")
			require.NoError(t, os.WriteFile(path, tt.text, 0o600))
			got, err := Named(path, tt.want)
			require.NoError(t, err)
			assert.Equal(t, path, got.Path)
			assert.Len(t, got.SHA256, 64)
		})
	}
}

func TestProgramsThatDoNotFit(t *testing.T) {
	whole := binaryOf(t, elf.EM_AARCH64, "", nil)
	for name, tt := range map[string]struct {
		text []byte
		want string
	}{
		"nothing":            {nil, "it is empty"},
		"a script":           {[]byte("#!/bin/sh\necho\n"), "a script for /bin/sh"},
		"a hostile script":   {[]byte("#!\x1b]0;owned\x07\n"), `a script for \x1b]0;owned\x07`},
		"a text":             {[]byte("hello"), "it is no program"},
		"for Intel":          {binaryOf(t, elf.EM_X86_64, "", nil), "it is a program for amd64"},
		"for a smaller ARM":  {binaryOf(t, elf.EM_ARM, "", nil), "it is a program for arm"},
		"for something rare": {binaryOf(t, elf.EM_SPARCV9, "", nil), "it is a program for EM_SPARCV9"},
		"for macOS":          {[]byte("\xcf\xfa\xed\xfe\x0c\x00\x00\x01"), "it is a program for macOS"},
		"for Windows":        {[]byte("MZ\x90\x00"), "it is a program for Windows"},
		"packed":             {[]byte("\x1f\x8b\x08"), "unpack it first"},
		"zipped":             {[]byte("PK\x03\x04"), "a zip archive"},
		"half a head":        {whole[:20], "damaged"},
		"half a file":        {whole[:len(whole)-3], "its end is missing"},
		"an object file":     {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Type = uint16(elf.ET_REL) }), "an object file"},
		"a core dump":        {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Type = uint16(elf.ET_CORE) }), "a core dump"},
		"a library":          {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Entry, h.Type = 0, uint16(elf.ET_DYN) }), "a shared library"},
		"against musl":       {binaryOf(t, elf.EM_AARCH64, "/lib/ld-musl-aarch64.so.1", nil), "it needs the loader /lib/ld-musl-aarch64.so.1"},
		"for FreeBSD":        {binaryOf(t, elf.EM_AARCH64, "", func(h *elf.Header64) { h.Ident[elf.EI_OSABI] = byte(elf.ELFOSABI_FREEBSD) }), "another system"},
		"a hostile head":     {append([]byte(elf.ELFMAG+"\x02\x01\x01"), bytes.Repeat([]byte{0xff}, 300)...), "it is"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mine")
			require.NoError(t, os.WriteFile(path, tt.text, 0o600))
			_, err := Named(path, ARM64)
			require.ErrorContains(t, err, tt.want)
			require.ErrorContains(t, err, "want a program for Linux on arm64")
			require.ErrorContains(t, err, fmt.Sprintf("rung:artifact %q", path))
		})
	}
}

func TestWhatIsNoFileIsRefusedAtOnce(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for path, want := range map[string]string{
		dir: "a directory", "/dev/zero": "a device", pipe: "a pipe", filepath.Join(dir, "none"): "no such file",
	} {
		_, err := Named(path, ARM64)
		require.ErrorContains(t, err, want)
	}
}

func TestAPathIsRelativeToTheWorkingDirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("mine", binaryOf(t, elf.EM_AARCH64, "", nil), 0o600))
	got, err := Named("./mine", ARM64)
	require.NoError(t, err)
	assert.True(t, filepath.IsAbs(got.Path))
	assert.FileExists(t, got.Path)
}
