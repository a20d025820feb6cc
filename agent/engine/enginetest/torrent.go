package enginetest

import (
	"bytes"
	"crypto/sha1" // v1 piece and info hashes are SHA-1 by BEP 3
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Format is a version of the torrent format.
type Format int

// The formats.
const (
	V1     Format = iota // BEP 3
	V2                   // BEP 52
	Hybrid               // both in one
)

// File is one file of a test torrent.
type File struct {
	Path string // components joined by "/"
	Data []byte
	Pad  bool // v1 only: padding (BEP 47), whose bytes are zero
}

// TorrentSpec says what torrent to make.
type TorrentSpec struct {
	Format      Format
	Name        string
	Files       []File // one file whose path is the name makes a single-file torrent
	PieceLength int
	Private     bool
	Trackers    []string
}

// Torrent is a made torrent.
type Torrent struct {
	Metainfo   []byte
	Files      []File // in the order of the manifest's numbering
	InfoHashV1 string
	InfoHashV2 string
}

// Magnet returns a link with the trackers.
func (t Torrent) Magnet(trackers ...string) string {
	m := "magnet:?"
	if t.InfoHashV1 != "" {
		m += "xt=urn:btih:" + t.InfoHashV1 + "&"
	}
	if t.InfoHashV2 != "" {
		m += "xt=urn:btmh:1220" + t.InfoHashV2 + "&"
	}
	return m + "tr=" + strings.Join(trackers, "&tr=")
}

// NewTorrent makes a torrent, as other programs do: files of a v2 or hybrid
// torrent are sorted, and a hybrid's v1 list is padded to whole pieces.
func NewTorrent(spec TorrentSpec) Torrent {
	t := Torrent{Files: slices.Clone(spec.Files)}
	single := len(t.Files) == 1 && t.Files[0].Path == spec.Name
	info := dict{"name": spec.Name, "piece length": spec.PieceLength}
	if spec.Private {
		info["private"] = 1
	}
	layers := dict{}
	if spec.Format != V1 {
		sort.SliceStable(t.Files, func(i, j int) bool {
			return slices.Compare(strings.Split(t.Files[i].Path, "/"), strings.Split(t.Files[j].Path, "/")) < 0
		})
		info["meta version"] = 2
		info["file tree"] = fileTree(t.Files, spec.PieceLength, layers)
	}
	if spec.Format != V2 {
		list := t.Files
		if spec.Format == Hybrid && !single {
			list = padded(list, spec.PieceLength)
		}
		info["pieces"] = pieces(list, spec.PieceLength)
		if single {
			info["length"] = len(list[0].Data)
		} else {
			info["files"] = fileList(list)
		}
	}
	raw := encode(info)
	meta := dict{"info": raw}
	if len(spec.Trackers) > 0 {
		meta["announce"] = spec.Trackers[0]
		tier := list{}
		for _, tr := range spec.Trackers {
			tier = append(tier, list{tr})
		}
		meta["announce-list"] = tier
	}
	if spec.Format != V1 {
		meta["piece layers"] = layers
		sum := sha256.Sum256(raw)
		t.InfoHashV2 = hex.EncodeToString(sum[:])
	}
	if spec.Format != V2 {
		sum := sha1.Sum(raw)
		t.InfoHashV1 = hex.EncodeToString(sum[:])
	}
	t.Metainfo = encode(meta)
	return t
}

func padded(files []File, pieceLength int) (out []File) {
	for i, f := range files {
		out = append(out, f)
		if n := len(f.Data) % pieceLength; n != 0 && i < len(files)-1 {
			n = pieceLength - n
			out = append(out, File{Path: ".pad/" + strconv.Itoa(n), Data: make([]byte, n), Pad: true})
		}
	}
	return out
}

func fileList(files []File) (out list) {
	for _, f := range files {
		path := list{}
		for c := range strings.SplitSeq(f.Path, "/") {
			path = append(path, c)
		}
		d := dict{"length": len(f.Data), "path": path}
		if f.Pad {
			d["attr"] = "p"
		}
		out = append(out, d)
	}
	return out
}

func pieces(files []File, pieceLength int) []byte {
	var all, out []byte
	for _, f := range files {
		all = append(all, f.Data...)
	}
	for chunk := range slices.Chunk(all, pieceLength) {
		sum := sha1.Sum(chunk)
		out = append(out, sum[:]...)
	}
	return out
}

// fileTree builds the v2 file tree and fills layers.
func fileTree(files []File, pieceLength int, layers dict) dict {
	tree := dict{}
	for _, f := range files {
		dir := tree
		parts := strings.Split(f.Path, "/")
		for _, c := range parts[:len(parts)-1] {
			if dir[c] == nil {
				dir[c] = dict{}
			}
			dir = dir[c].(dict)
		}
		props := dict{"length": len(f.Data)}
		if len(f.Data) > 0 {
			root, layer := merkle(f.Data, pieceLength)
			props["pieces root"] = root
			if len(f.Data) > pieceLength {
				layers[string(root)] = layer
			}
		}
		dir[parts[len(parts)-1]] = dict{"": props}
	}
	return tree
}

// merkle returns a file's root and its layer of piece hashes (BEP 52).
func merkle(data []byte, pieceLength int) (root, layer []byte) {
	const block = 16 << 10
	var leaves [][32]byte
	for b := range slices.Chunk(data, block) {
		leaves = append(leaves, sha256.Sum256(b))
	}
	perPiece := pieceLength / block
	if len(data) <= pieceLength {
		r := fold(leaves, 1<<bits.Len(uint(len(leaves)-1)), [32]byte{})
		return r[:], nil
	}
	pad := fold(nil, perPiece, [32]byte{})
	var hashes [][32]byte
	for c := range slices.Chunk(leaves, perPiece) {
		h := fold(c, perPiece, [32]byte{})
		hashes = append(hashes, h)
		layer = append(layer, h[:]...)
	}
	r := fold(hashes, 1<<bits.Len(uint(len(hashes)-1)), pad)
	return r[:], layer
}

// fold computes the root over width leaves, those that are missing being pad.
func fold(leaves [][32]byte, width int, pad [32]byte) [32]byte {
	row := slices.Clone(leaves)
	for len(row) < width {
		row = append(row, pad)
	}
	for len(row) > 1 {
		for i := range len(row) / 2 {
			row[i] = sha256.Sum256(append(row[2*i][:], row[2*i+1][:]...))
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

type (
	dict map[string]any
	list []any
)

// encode writes bencode; []byte inside a dict is raw if the key is "info",
// otherwise a string.
func encode(v any) []byte {
	var b bytes.Buffer
	write(&b, v)
	return b.Bytes()
}

func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case int:
		b.WriteString("i" + strconv.Itoa(v) + "e")
	case string:
		b.WriteString(strconv.Itoa(len(v)) + ":" + v)
	case []byte:
		write(b, string(v))
	case list:
		b.WriteByte('l')
		for _, e := range v {
			write(b, e)
		}
		b.WriteByte('e')
	case dict:
		b.WriteByte('d')
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			write(b, k)
			if raw, ok := v[k].([]byte); ok && k == "info" {
				b.Write(raw)
				continue
			}
			write(b, v[k])
		}
		b.WriteByte('e')
	}
}
