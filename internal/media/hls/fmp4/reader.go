// Package fmp4 reads the fragmented MP4 that ffmpeg writes to a pipe, one track of
// it, and writes media segments with decode times of our own.
//
// It knows no more of the format than that takes. What it reads is bounded: a box
// that is larger than a frame or a header can be ends the reading.
package fmp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	maxHeader = 1 << 20  // bytes of a box that is not data
	maxData   = 64 << 20 // bytes of a fragment's data
)

// ErrFormat is what is not fragmented MP4 as ffmpeg writes it.
var ErrFormat = errors.New("not the fragmented MP4 that was asked for")

// Sample is one frame of video or packet of audio.
type Sample struct {
	Time int64 // when it is presented, in the track's units
	Sync bool  // decoding can start here
	Data []byte
}

// Reader reads samples in the order in which they are decoded.
type Reader struct {
	r     io.Reader
	init  []byte // file type and movie box
	scale uint32
	head  fragment
	known bool // head is of the data box to come
}

// NewReader returns a reader of what ffmpeg writes.
func NewReader(r io.Reader) *Reader { return &Reader{r: r} }

// Init reads on to the first fragment and returns the initialization segment and
// how many units a second has.
func (r *Reader) Init() (init []byte, scale uint32, err error) {
	for r.scale == 0 {
		name, size, err := r.box()
		if err != nil {
			return nil, 0, err
		}
		body, err := r.body(name, size, maxHeader)
		if err != nil {
			return nil, 0, err
		}
		if name != "ftyp" && name != "moov" {
			continue
		}
		r.init = append(appendHead(r.init, name, len(body)), body...)
		if name == "moov" {
			if r.scale, err = timescale(body); err != nil {
				return nil, 0, err
			}
		}
	}
	return r.init, r.scale, nil
}

// Next returns the next sample. At the end it is io.EOF.
func (r *Reader) Next() (Sample, error) {
	if _, _, err := r.Init(); err != nil {
		return Sample{}, err
	}
	for {
		name, size, err := r.box()
		if err != nil {
			return Sample{}, err
		}
		limit := int64(maxHeader)
		if name == "mdat" {
			limit = maxData
		}
		body, err := r.body(name, size, limit)
		if err != nil {
			return Sample{}, err
		}
		switch name {
		case "moof":
			if r.head, err = parseFragment(body); err != nil {
				return Sample{}, err
			}
			r.known = true
		case "mdat":
			if !r.known || int64(r.head.size) != size {
				return Sample{}, fmt.Errorf("%w: a fragment of %d bytes has %d", ErrFormat, r.head.size, size)
			}
			r.known = false
			return Sample{Time: r.head.decode + int64(r.head.offset), Sync: r.head.sync, Data: body}, nil
		}
	}
}

// box reads the head of a box and returns what its body is and how long.
func (r *Reader) box() (name string, size int64, err error) {
	var head [16]byte
	if _, err := io.ReadFull(r.r, head[:8]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("%w: it ends in a head", ErrFormat)
		}
		return "", 0, err
	}
	size = int64(binary.BigEndian.Uint32(head[:])) - 8
	if size == 1-8 {
		if _, err := io.ReadFull(r.r, head[8:]); err != nil {
			return "", 0, fmt.Errorf("%w: it ends in a head", ErrFormat)
		}
		size = int64(binary.BigEndian.Uint64(head[8:])) - 16
	}
	if size < 0 {
		return "", 0, fmt.Errorf("%w: a box without an end", ErrFormat)
	}
	return string(head[4:8]), size, nil
}

// body reads the body of a box.
func (r *Reader) body(name string, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, fmt.Errorf("%w: a box %q of %d bytes", ErrFormat, name, size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r.r, body); err != nil {
		return nil, fmt.Errorf("%w: it ends in a box: %w", ErrFormat, err)
	}
	return body, nil
}
