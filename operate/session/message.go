package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// The kinds of messages.
const (
	kindInput  = "input_stream_data"
	kindOutput = "output_stream_data"
	kindAck    = "acknowledge"
	kindClosed = "channel_closed"
	kindStart  = "start_publication"
	kindPause  = "pause_publication"
)

// Type is what a message of a stream holds.
type Type uint32

// The types of payloads.
const (
	Data              Type = 1
	sizeOf            Type = 3
	handshakeRequest  Type = 5
	handshakeResponse Type = 6
	handshakeComplete Type = 7
	flagOf            Type = 10
	Stderr            Type = 11
)

// The flags that a payload of flagOf holds.
const (
	disconnectFromPort uint32 = 1
	terminate          uint32 = 2
	portRefused        uint32 = 3
)

// Where a message's fields lie. The header ends before the payload's length.
const (
	atKind, kindLength = 4, 32
	atVersion          = 36
	atCreated          = 40
	atSequence         = 48
	atFlags            = 56
	atID, idHalf       = 64, 8
	atDigest           = 80
	atType             = 112
	atLength           = 116
	atPayload          = 120
)

// isAck are the flags of an acknowledgement: the first and the last of its sequence.
const isAck = 3

// message is one message of the channel.
type message struct {
	kind     string
	sequence int64
	flags    uint64
	id       uuid.UUID
	typ      Type
	payload  []byte
}

// bytes writes a message as the agent reads it.
func (m message) bytes(now time.Time) []byte {
	b := make([]byte, atPayload, atPayload+len(m.payload))
	binary.BigEndian.PutUint32(b, atLength)
	copy(b[atKind:atKind+kindLength], m.kind+strings.Repeat(" ", kindLength-len(m.kind)))
	binary.BigEndian.PutUint32(b[atVersion:], 1)
	binary.BigEndian.PutUint64(b[atCreated:], uint64(now.UnixMilli())) //nolint:gosec // after 1970
	binary.BigEndian.PutUint64(b[atSequence:], uint64(m.sequence))     //nolint:gosec // counts from 0
	binary.BigEndian.PutUint64(b[atFlags:], m.flags)
	copy(b[atID:], m.id[idHalf:]) // the less significant half comes first
	copy(b[atID+idHalf:], m.id[:idHalf])
	digest := sha256.Sum256(m.payload)
	copy(b[atDigest:], digest[:])
	binary.BigEndian.PutUint32(b[atType:], uint32(m.typ))
	binary.BigEndian.PutUint32(b[atLength:], uint32(len(m.payload))) //nolint:gosec // a kibibyte
	return append(b, m.payload...)
}

// read reads a message, and holds its payload to its hash.
func read(b []byte) (m message, err error) {
	if len(b) < atPayload {
		return m, fmt.Errorf("a message of %d bytes is shorter than a header", len(b))
	}
	header := int(binary.BigEndian.Uint32(b))
	if header != atLength && header != atLength-4 { // one without a type of payload
		return m, fmt.Errorf("a header of %d bytes is of an unknown form", header)
	}
	m.kind = strings.TrimRight(string(b[atKind:atKind+kindLength]), " \x00")
	m.sequence = int64(binary.BigEndian.Uint64(b[atSequence:])) //nolint:gosec // as it came
	m.flags = binary.BigEndian.Uint64(b[atFlags:])
	copy(m.id[idHalf:], b[atID:atID+idHalf])
	copy(m.id[:idHalf], b[atID+idHalf:atDigest])
	if header == atLength {
		m.typ = Type(binary.BigEndian.Uint32(b[atType:]))
	}
	length := int(binary.BigEndian.Uint32(b[header:]))
	if len(b) < header+4+length {
		return m, fmt.Errorf("a message says that it holds %d bytes, and has %d", length, len(b)-header-4)
	}
	m.payload = b[header+4 : header+4+length]
	if digest := sha256.Sum256(m.payload); length > 0 && !bytes.Equal(digest[:], b[atDigest:atType]) {
		return m, errors.New("a message is not what its hash says")
	}
	return m, nil
}
