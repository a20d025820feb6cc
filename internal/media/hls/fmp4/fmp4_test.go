package fmp4_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"longhaul/internal/media/hls/fmp4"
)

func box(name string, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+8)), name...), b...)
}

func numbers(n ...uint32) []byte {
	var b []byte
	for _, x := range n {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

func movie(scale uint32) []byte {
	return append(box("ftyp"), box("moov", box("trak", box("mdia", box("mdhd", numbers(0, 0, 0, scale, 0)))))...)
}

// Half of anything, and what claims to be larger than it can be, is refused.
func TestWhatIsNotAFragmentIsRefused(t *testing.T) {
	t.Parallel()
	head := box("moof", box("traf", box("tfhd", numbers(0x20, 1, 0)), box("tfdt", numbers(1<<24, 0, 90)), box("trun", numbers(0xa01, 1, 0, 3, 0xffffffff))))
	whole := bytes.Join([][]byte{movie(1000), head, box("mdat", []byte("abc"))}, nil)
	r := fmp4.NewReader(bytes.NewReader(whole))
	s, err := r.Next()
	if err != nil || s.Time != 89 || !s.Sync || string(s.Data) != "abc" {
		t.Fatalf("%+v %v", s, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	for n := 1; n < len(whole); n++ {
		r := fmp4.NewReader(bytes.NewReader(whole[:n]))
		if s, err := r.Next(); err == nil {
			t.Errorf("%d of %d bytes are a sample: %+v", n, len(whole), s)
		}
	}
	for name, b := range map[string][]byte{
		"a movie without units": movie(0),
		"a huge header":         numbers(1<<31, 0x6d6f6f76),
		"huge data":             append(movie(1), append(head, numbers(1, 0x6d646174, 1<<20, 0)...)...),
		"a box without an end":  numbers(0, 0x6d6f6f76),
		"two samples":           append(movie(1), box("moof", box("traf", box("tfhd", numbers(0, 1)), box("tfdt", numbers(0, 0)), box("trun", numbers(0, 2))))...),
		"a box in a box":        append(movie(1), box("moof", box("traf", numbers(99, 0)))...),
		"data without a head":   append(movie(1), box("mdat", []byte("abc"))...),
	} {
		if _, err := fmp4.NewReader(bytes.NewReader(b)).Next(); !errors.Is(err, fmp4.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
