package source_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"testing"

	"longhaul/internal/source"
)

// content returns bytes that differ from place to place.
func content(n int, seed byte) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i) ^ byte(i>>8)*7 ^ seed
	}
	return out
}

func v1Torrent(length int, files [][]byte, pads map[int]bool) []byte {
	all := bytes.Join(files, nil)
	var sums []byte
	for piece := range slices.Chunk(all, length) {
		sum := sha1.Sum(piece)
		sums = append(sums, sum[:]...)
	}
	var list string
	for i, f := range files {
		attr := ""
		if pads[i] {
			attr = "4:attr1:p"
		}
		list += fmt.Sprintf("d%s6:lengthi%de4:pathl3:f%02dee", attr, len(f), i)
	}
	info := fmt.Sprintf("d5:filesl%se4:name1:t12:piece lengthi%de6:pieces%d:%se", list, length, len(sums), sums)
	return source.BuildTorrent([]byte(info), nil, nil)
}

// v2Torrent is a torrent of one file, with or without its layer.
func v2Torrent(length int, file []byte, layered bool) []byte {
	tree := func(b []byte, blocks int) [32]byte {
		row := make([][32]byte, blocks)
		for i, block := range slices.Collect(slices.Chunk(b, 16<<10)) {
			row[i] = sha256.Sum256(block)
		}
		for len(row) > 1 {
			var up [][32]byte
			for pair := range slices.Chunk(row, 2) {
				up = append(up, sha256.Sum256(append(pair[0][:], pair[1][:]...)))
			}
			row = up
		}
		return row[0]
	}
	whole := 1
	for whole*16<<10 < len(file) {
		whole *= 2
	}
	root := tree(file, whole)
	var layer []byte
	for piece := range slices.Chunk(file, length) {
		sum := tree(piece, length>>14)
		layer = append(layer, sum[:]...)
	}
	info := fmt.Sprintf("d9:file treed1:ad0:d6:lengthi%de11:pieces root32:%seee12:meta versioni2e4:name1:a12:piece lengthi%dee", len(file), root[:], length)
	if !layered {
		return source.BuildTorrent([]byte(info), nil, nil)
	}
	return source.BuildTorrent([]byte(info), nil, map[string]string{string(root[:]): string(layer)})
}

// Every piece of a torrent holds for its content, and for no other.
func TestPiecesHoldForTheirContent(t *testing.T) {
	t.Parallel()
	one, two, three := content(70_000, 1), content(10, 2), content(100_000, 3)
	pad := make([]byte, 131072-70_010)
	large := content(5*32768+20_000, 4)
	for name, c := range map[string]struct {
		torrent []byte
		files   [][]byte
	}{
		"v1 with padding":  {v1Torrent(65536, [][]byte{one, two, pad, three}, map[int]bool{2: true}), [][]byte{one, two, pad, three}},
		"v1 of tiny files": {v1Torrent(16384, slices.Repeat([][]byte{two}, 50), nil), slices.Repeat([][]byte{two}, 50)},
		"v2 of pieces":     {v2Torrent(32768, large, true), [][]byte{large}},
		"v2 in one piece":  {v2Torrent(65536, content(40_000, 5), false), [][]byte{content(40_000, 5)}},
	} {
		if _, _, err := source.ParseTorrent(c.torrent); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pieces, err := source.ReadPieces(c.torrent)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, f := range c.files {
			for offset := int64(0); offset < int64(len(f)); offset += 9_999 {
				p, ok := pieces.At(i, offset)
				if !ok {
					t.Fatalf("%s: no piece at byte %d of file %d", name, offset, i)
				}
				body := joined(p, c.files)
				if good, err := p.Matches(bytes.NewReader(body)); err != nil || !good {
					t.Errorf("%s: piece at byte %d of file %d does not hold: %v", name, offset, i, err)
				}
				body[len(body)-1] ^= 1
				if good, _ := p.Matches(bytes.NewReader(body)); good {
					t.Errorf("%s: piece at byte %d of file %d holds for other bytes", name, offset, i)
				}
			}
		}
		for _, outside := range [][2]int64{{-1, 0}, {0, -1}, {0, int64(len(c.files[0]))}, {int64(len(c.files)), 0}} {
			if _, ok := pieces.At(int(outside[0]), outside[1]); ok {
				t.Errorf("%s: there is a piece at byte %d of file %d", name, outside[1], outside[0])
			}
		}
	}
	bare, err := source.ReadPieces(v2Torrent(32768, large, false))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := bare.At(0, 0); ok {
		t.Error("a v2 torrent without layers has hashes of pieces")
	}
}

func joined(p source.Piece, files [][]byte) []byte {
	var out bytes.Buffer
	for _, s := range p.Spans {
		if s.Index < 0 {
			_, _ = io.CopyN(&out, zeros{}, s.Length)
			continue
		}
		out.Write(files[s.Index][s.Offset : s.Offset+s.Length])
	}
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
