package harness

import (
	"bufio"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/anacrolix/torrent/bencode"
)

// Torrent says what to make a torrent of. One file without a path makes a
// single-file torrent.
type Torrent struct {
	Name        string
	Files       []TorrentFile
	PieceLength int64 // 0 is 256 KiB
	Hybrid      bool  // v1 and v2 (BEP 52) in one
}

// TorrentFile is one file of a torrent.
type TorrentFile struct {
	Path    []string
	Content Content
}

// Swarm is a torrent with a tracker and one independent seeder.
type Swarm struct {
	Torrent
	Size     int64
	Metainfo []byte
	Magnet   string
	InfoHash string // v1, hex
	Seeder   *QBittorrent
}

// Seed writes the content, makes the torrent and seeds it until the test ends.
func Seed(tb testing.TB, spec Torrent) *Swarm {
	tb.Helper()
	return SeedFrom(tb, StartQBittorrent(tb), NewTracker(tb), spec)
}

// SeedFrom is Seed with a client and a tracker that are there already.
func SeedFrom(tb testing.TB, client *QBittorrent, tracker *Tracker, spec Torrent) *Swarm {
	tb.Helper()
	return SeedMany(tb, client, tracker, spec)[0]
}

// SeedMany seeds several torrents and waits until all of them are announced.
func SeedMany(tb testing.TB, client *QBittorrent, tracker *Tracker, specs ...Torrent) []*Swarm {
	tb.Helper()
	swarms := make([]*Swarm, len(specs))
	for i, spec := range specs {
		swarms[i] = add(tb, client, tracker, spec)
	}
	for _, s := range swarms {
		raw, err := hex.DecodeString(s.InfoHash)
		if err != nil {
			tb.Fatal(err)
		}
		Eventually(tb, 3*time.Minute, "the seeder announces "+s.Name, func() error {
			if tracker.Seeders(string(raw)) == 0 {
				return errors.New("no seeder yet")
			}
			return nil
		})
	}
	return swarms
}

// add makes a torrent and gives it to the client.
func add(tb testing.TB, client *QBittorrent, tracker *Tracker, spec Torrent) *Swarm {
	tb.Helper()
	s := Make(tb, spec, tracker.URL)
	s.Seeder = client
	s.give(tb, true, func(int) bool { return true })
	return s
}

// SeedPart shares only those files of a torrent that has tells by their index: its
// swarm lacks the others.
func SeedPart(tb testing.TB, tracker *Tracker, spec Torrent, has func(index int) bool) *Swarm {
	tb.Helper()
	s := Make(tb, spec, tracker.URL)
	s.Seeder = StartQBittorrent(tb)
	s.give(tb, false, has)
	return s
}

// give writes the files and gives the torrent to the swarm's client.
func (s *Swarm) give(tb testing.TB, complete bool, has func(index int) bool) {
	tb.Helper()
	dir := tb.TempDir()
	for i, f := range s.Files {
		if !has(i) {
			continue
		}
		if err := f.Content.WriteFile(filepath.Join(append([]string{dir, s.Name}, f.Path...)...)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := s.Seeder.Add(s.Metainfo, dir, complete); err != nil {
		tb.Fatal(err)
	}
}

// Make creates a torrent without seeders.
func Make(tb testing.TB, spec Torrent, announce string) *Swarm {
	tb.Helper()
	if spec.PieceLength == 0 {
		spec.PieceLength = 256 << 10
	}
	s := &Swarm{Torrent: spec}
	for _, f := range spec.Files {
		s.Size += f.Content.Size
	}
	info, layers := spec.info()
	raw, err := bencode.Marshal(info)
	if err != nil {
		tb.Fatal(err)
	}
	meta := map[string]any{"info": bencode.Bytes(raw)}
	if announce != "" {
		meta["announce"] = announce
	}
	if spec.Hybrid {
		meta["piece layers"] = layers
	}
	if s.Metainfo, err = bencode.Marshal(meta); err != nil {
		tb.Fatal(err)
	}
	sum := sha1.Sum(raw)
	s.InfoHash = hex.EncodeToString(sum[:])
	s.Magnet = "magnet:?xt=urn:btih:" + s.InfoHash + "&dn=" + url.QueryEscape(spec.Name)
	if announce != "" {
		s.Magnet += "&tr=" + url.QueryEscape(announce)
	}
	return s
}

// info builds the info dictionary and, for a hybrid, the piece layers.
func (t Torrent) info() (info, layers map[string]any) {
	info = map[string]any{"name": t.Name, "piece length": t.PieceLength}
	pieces := &pieceHasher{length: t.PieceLength, h: sha1.New()}
	layers = map[string]any{}
	tree := map[string]any{}
	var list []any
	for i, f := range t.Files {
		pieces.add(f.Content.Reader(0))
		list = append(list, map[string]any{"length": f.Content.Size, "path": f.Path})
		if !t.Hybrid {
			continue
		}
		root, layer := merkle(f.Content, t.PieceLength)
		leaf := map[string]any{"length": f.Content.Size}
		if f.Content.Size > 0 {
			leaf["pieces root"] = string(root)
		}
		if len(layer) > 0 {
			layers[string(root)] = string(layer)
		}
		path := f.Path
		if len(path) == 0 {
			path = []string{t.Name}
		}
		insert(tree, path, leaf)
		if rest := f.Content.Size % t.PieceLength; rest > 0 && i < len(t.Files)-1 {
			pad := t.PieceLength - rest
			pieces.add(io.LimitReader(zeros{}, pad))
			list = append(list, map[string]any{"length": pad, "attr": "p", "path": []string{".pad", fmt.Sprint(pad)}})
		}
	}
	info["pieces"] = string(pieces.sums())
	if t.Hybrid {
		info["meta version"] = 2
		info["file tree"] = tree
	}
	if len(t.Files) == 1 && len(t.Files[0].Path) == 0 {
		info["length"] = t.Files[0].Content.Size
	} else {
		info["files"] = list
	}
	return info, layers
}

func insert(tree map[string]any, path []string, leaf map[string]any) {
	for _, dir := range path[:len(path)-1] {
		next, ok := tree[dir].(map[string]any)
		if !ok {
			next = map[string]any{}
			tree[dir] = next
		}
		tree = next
	}
	tree[path[len(path)-1]] = map[string]any{"": leaf}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// pieceHasher hashes a stream in v1 pieces.
type pieceHasher struct {
	length, filled int64
	h              hash.Hash
	out            []byte
}

func (p *pieceHasher) add(r io.Reader) {
	for {
		n, _ := io.CopyN(p.h, r, p.length-p.filled)
		p.filled += n
		if p.filled < p.length {
			return
		}
		p.out = p.h.Sum(p.out)
		p.h.Reset()
		p.filled = 0
	}
}

func (p *pieceHasher) sums() []byte {
	if p.filled > 0 {
		p.out = p.h.Sum(p.out)
		p.filled = 0
	}
	return p.out
}

// merkle returns the root of a file's hash tree over blocks of 16 KiB, and its
// piece layer when the file is larger than a piece (BEP 52).
func merkle(c Content, pieceLength int64) (root, layer []byte) {
	const block = 16 << 10
	r := bufio.NewReaderSize(c.Reader(0), block)
	var leaves [][]byte
	buf := make([]byte, block)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			sum := sha256.Sum256(buf[:n])
			leaves = append(leaves, sum[:])
		}
		if err != nil {
			break
		}
	}
	if len(leaves) == 0 {
		return nil, nil
	}
	perPiece := int(pieceLength / block)
	if c.Size <= pieceLength {
		return fold(leaves, make([]byte, sha256.Size), 1), nil
	}
	var nodes [][]byte
	for i := 0; i < len(leaves); i += perPiece {
		node := fold(leaves[i:min(i+perPiece, len(leaves))], make([]byte, sha256.Size), perPiece)
		nodes = append(nodes, node)
		layer = append(layer, node...)
	}
	empty := fold([][]byte{make([]byte, sha256.Size)}, make([]byte, sha256.Size), perPiece)
	return fold(nodes, empty, 1), layer
}

// fold hashes nodes pairwise up to one, after filling them up with the pad to
// a power of two of at least width.
func fold(nodes [][]byte, pad []byte, width int) []byte {
	for width < len(nodes) {
		width *= 2
	}
	row := append([][]byte{}, nodes...)
	for len(row) < width {
		row = append(row, pad)
	}
	for len(row) > 1 {
		next := row[:0:0]
		for i := 0; i < len(row); i += 2 {
			sum := sha256.Sum256(append(append([]byte{}, row[i]...), row[i+1]...))
			next = append(next, sum[:])
		}
		row = next
	}
	return row[0]
}
