package tests

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// smallestProgram is a file that passes for the deployed app: a program for Linux
// on arm64 that nobody starts.
func smallestProgram() ([]byte, error) {
	const head, segment = 64, 56
	h := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_AARCH64), Version: 1, Entry: 0x10000,
		Phoff: head, Ehsize: head, Phentsize: segment, Phnum: 1,
	}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	code := []byte("code")
	load := elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X), Off: head + segment, Vaddr: 0x10000,
		Filesz: uint64(len(code)), Memsz: uint64(len(code)),
	}
	var b bytes.Buffer
	for _, part := range []any{h, load, code} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
