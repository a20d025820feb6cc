package zipfile_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"longhaul/internal/zipfile"
)

var noon = time.Date(2026, 1, 2, 12, 4, 5, 6, time.UTC)

// pattern fills a buffer with what an entry has at the offset.
func pattern(entry int, offset int64, p []byte) {
	for i := range p {
		at := offset + int64(i)
		p[i] = byte(int64(entry)*31 + at + at>>8)
	}
}

func content(entry int, size int64) []byte {
	p := make([]byte, size)
	pattern(entry, 0, p)
	return p
}

// archive reads a layout as a file.
type archive struct {
	l     *zipfile.Layout
	zeros bool // of which all entries consist
}

func (a archive) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) {
		at := offset + int64(n)
		if at >= a.l.Size() {
			return n, io.EOF
		}
		piece := a.l.At(at)
		into, room := at-piece.Start, p[n:]
		if into < 0 || into >= piece.Len {
			return n, fmt.Errorf("%d is not in %+v", at, piece)
		}
		room = room[:min(int64(len(room)), piece.Len-into)]
		switch {
		case piece.Kind != zipfile.Data:
			var sum uint32
			if piece.Kind != zipfile.End && !a.zeros {
				sum = crc32.ChecksumIEEE(content(piece.Entry, a.l.Entries()[piece.Entry].Size))
			}
			b := a.l.Bytes(piece, sum)
			if int64(len(b)) != piece.Len {
				return n, fmt.Errorf("%+v has %d bytes", piece, len(b))
			}
			copy(room, b[into:])
		case a.zeros:
			clear(room)
		default:
			pattern(piece.Entry, into, room)
		}
		n += len(room)
	}
	return n, nil
}

func (a archive) all(t *testing.T) []byte {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(a, 0, a.l.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// entries makes entries of the sizes, with checksums unless they are unknown.
func entries(known bool, sizes ...int64) []zipfile.Entry {
	var out []zipfile.Entry
	for i, size := range sizes {
		e := zipfile.Entry{Name: fmt.Sprintf("folder/größe %d.bin", i), Size: size, Modified: noon}
		if known {
			sum := crc32.ChecksumIEEE(content(i, size))
			e.CRC32 = &sum
		}
		out = append(out, e)
	}
	return out
}

// TestZipsOpen reads zips with the standard library, which compares checksums.
func TestZipsOpen(t *testing.T) {
	t.Parallel()
	for name, in := range map[string][]zipfile.Entry{
		"none": nil, "empty": entries(true, 0), "some": entries(true, 5, 0, 100_000), "unknown": entries(false, 5, 0, 100_000),
		"mixed": append(entries(true, 7, 0), entries(false, 1, 2, 3)[2:]...),
	} {
		a := archive{l: zipfile.New(in)}
		r, err := zip.NewReader(a, a.l.Size())
		if err != nil || len(r.File) != len(in) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, f := range r.File {
			body, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			if err != nil || !bytes.Equal(got, content(i, in[i].Size)) {
				t.Errorf("%s: entry %d: %d bytes, %v", name, i, len(got), err)
			}
			if f.Name != in[i].Name || f.NonUTF8 || !f.Modified.Equal(noon.Truncate(time.Second)) || f.Method != zip.Store {
				t.Errorf("%s: entry %d is %+v", name, i, f.FileHeader)
			}
			if described := f.Flags&8 != 0; described != (in[i].CRC32 == nil) {
				t.Errorf("%s: entry %d has a data descriptor: %v", name, i, described)
			}
		}
	}
}

// TestLargeZipsOpen reads the directories of zips beyond the limits of the old
// format: they are made of zeros, of which none is read.
func TestLargeZipsOpen(t *testing.T) {
	t.Parallel()
	var sum uint32
	zeros := func(name string, size int64) zipfile.Entry {
		return zipfile.Entry{Name: name, Size: size, CRC32: &sum, Modified: noon}
	}
	many := make([]zipfile.Entry, 70_000)
	for i := range many {
		many[i] = zeros(fmt.Sprintf("f/%d", i), 0)
	}
	header := int64(30 + 5 + 9)
	for name, in := range map[string][]zipfile.Entry{
		"many": many, "65 534": many[:65_534], "65 535": many[:65_535],
		"a large file":          {zeros("large", 1<<32), zeros("after", 3)},
		"the largest old file":  {zeros("large", math.MaxUint32-1), zeros("after", 3)},
		"the smallest new file": {zeros("large", math.MaxUint32), zeros("after", 3)},
		"an offset at the edge": {zeros("first", math.MaxUint32-header), zeros("after", 3)},
		"one before the edge":   {zeros("first", math.MaxUint32-header-1), zeros("after", 3)},
		"a terabyte":            {zeros("first", 1<<40), zeros("after", 1<<33)},
		"not known":             {{Name: "large", Size: 1 << 33, Modified: noon}, {Name: "after", Size: 1, Modified: noon}},
	} {
		a := archive{l: zipfile.New(in), zeros: true}
		r, err := zip.NewReader(a, a.l.Size())
		if err != nil || len(r.File) != len(in) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, f := range r.File {
			at, err := f.DataOffset()
			if err != nil || int64(f.UncompressedSize64) != in[i].Size || int64(f.CompressedSize64) != in[i].Size {
				t.Fatalf("%s: entry %d: %d bytes, %v", name, i, f.UncompressedSize64, err)
			}
			if in[i].Size > 0 {
				if p := a.l.At(at); p.Kind != zipfile.Data || p.Entry != i || p.Start != at {
					t.Fatalf("%s: the bytes of entry %d are %+v", name, i, p)
				}
			}
		}
	}
}

// TestZipsAreResumable reads a zip from every offset.
func TestZipsAreResumable(t *testing.T) {
	t.Parallel()
	a := archive{l: zipfile.New(entries(true, 3, 0, 200, 1))}
	whole := a.all(t)
	if int64(len(whole)) != a.l.Size() {
		t.Fatalf("%d bytes, announced %d", len(whole), a.l.Size())
	}
	for at := range whole {
		rest := make([]byte, len(whole)-at)
		if n, err := a.ReadAt(rest, int64(at)); err != nil || n != len(rest) || !bytes.Equal(rest, whole[at:]) {
			t.Fatalf("from %d: %d bytes, %v", at, n, err)
		}
	}
}

// TestTagsFollowTheBytes changes one thing after the other.
func TestTagsFollowTheBytes(t *testing.T) {
	t.Parallel()
	tag := func(change func(e []zipfile.Entry) []zipfile.Entry) string {
		return zipfile.New(change(entries(true, 3, 4))).Tag()
	}
	same := func(e []zipfile.Entry) []zipfile.Entry { return e }
	seen := map[string]string{tag(same): "nothing"}
	if again := tag(same); seen[again] == "" {
		t.Error("the same zip has two tags")
	}
	other := uint32(7)
	for name, change := range map[string]func(e []zipfile.Entry) []zipfile.Entry{
		"name":    func(e []zipfile.Entry) []zipfile.Entry { e[0].Name = "other"; return e },
		"time":    func(e []zipfile.Entry) []zipfile.Entry { e[0].Modified = noon.Add(time.Second); return e },
		"sum":     func(e []zipfile.Entry) []zipfile.Entry { e[0].CRC32 = &other; return e },
		"size":    func(e []zipfile.Entry) []zipfile.Entry { e[0].Size++; return e },
		"content": func(e []zipfile.Entry) []zipfile.Entry { e[0].Version = "2"; return e },
		"fewer":   func(e []zipfile.Entry) []zipfile.Entry { return e[:1] },
		"order":   func(e []zipfile.Entry) []zipfile.Entry { e[0], e[1] = e[1], e[0]; return e },
		"borders": func(e []zipfile.Entry) []zipfile.Entry {
			e[0].Name, e[0].Version = e[0].Name+"x", strings.TrimPrefix(e[0].Version, "x")
			return e
		},
	} {
		got := tag(change)
		if before, ok := seen[got]; ok {
			t.Errorf("a change of %s makes no other tag than one of %s", name, before)
		}
		seen[got] = name
	}
}

// TestOldTimes writes times that the old fields do not have.
func TestOldTimes(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)} {
		a := archive{l: zipfile.New([]zipfile.Entry{{Name: "a", Modified: at}})}
		if _, err := zip.NewReader(a, a.l.Size()); err != nil {
			t.Errorf("%v: %v", at, err)
		}
	}
}
