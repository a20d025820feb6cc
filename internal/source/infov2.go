package source

import (
	"bytes"
	"crypto/sha256"
	"slices"
)

const blockLength = 16 << 10

// checkV2 applies the rules of BEP 52, and that a hybrid's two file lists are
// the same: programs that read only one of them must get the same content.
func (in *info) checkV2() error {
	if _, err := sum(in.tree); err != nil {
		return err
	}
	var pieces int64
	for _, e := range in.tree {
		switch {
		case e.pad():
			return malformed("its file tree has padding")
		case e.size > 0 && (len(e.root) != sha256.Size || bytes.Count(e.root, []byte{0}) == len(e.root)):
			return malformed("a file has no valid hash")
		case e.size == 0 && len(e.root) != 0:
			return malformed("an empty file has a hash")
		}
		pieces += ceilDiv(e.size, in.pieceLength)
	}
	if pieces > MaxPieces {
		return tooManyPieces(pieces)
	}
	if in.hasV1() {
		if int64(len(in.pieces)/20) != pieces {
			return malformed("its two lists of pieces differ")
		}
		return in.checkHybrid()
	}
	return nil
}

// checkHybrid compares the v1 list, without its padding, with the file tree.
func (in *info) checkHybrid() error {
	differ := malformed("its two lists of files differ")
	if !in.hasFiles {
		if len(in.tree) != 1 || len(in.tree[0].path) != 1 || in.tree[0].size != in.one.size ||
			!bytes.Equal(in.tree[0].path[0], in.name) {
			return differ
		}
		return nil
	}
	var offset int64
	next := 0
	for _, e := range in.files {
		start := offset
		offset += e.size
		if e.pad() {
			continue
		}
		if next == len(in.tree) {
			return differ
		}
		t := in.tree[next]
		next++
		if e.size != t.size || !slices.EqualFunc(e.path, t.path, bytes.Equal) || e.skippedLink() != t.skippedLink() {
			return differ
		}
		if e.size > 0 && start%in.pieceLength != 0 {
			return malformed("its files are not aligned to pieces")
		}
	}
	if next != len(in.tree) {
		return differ
	}
	return nil
}

// keepLayers returns the piece layers that belong to files, each checked
// against the file's root. A missing layer is not a fault, because peers have
// it too.
func (in *info) keepLayers(layers map[string]string) (map[string]string, error) {
	if !in.hasV2() || len(layers) == 0 {
		return nil, nil
	}
	pad := merkleRoot(make([][32]byte, in.pieceLength/blockLength), [32]byte{})
	kept := map[string]string{}
	for _, e := range in.tree {
		if e.size <= in.pieceLength {
			continue
		}
		layer, ok := layers[string(e.root)]
		if !ok {
			continue
		}
		n := ceilDiv(e.size, in.pieceLength)
		if int64(len(layer)) != n*sha256.Size {
			return nil, malformed("the piece hashes of a file are cut off")
		}
		hashes := make([][32]byte, n)
		for i := range hashes {
			copy(hashes[i][:], layer[i*sha256.Size:])
		}
		if root := merkleRoot(hashes, pad); !bytes.Equal(root[:], e.root) {
			return nil, malformed("the piece hashes of a file do not belong to it")
		}
		kept[string(e.root)] = layer
	}
	return kept, nil
}

// merkleRoot folds a layer in place; a layer whose length is not a power of two
// is filled up with the padding hash, whose own parents follow level by level.
func merkleRoot(layer [][32]byte, pad [32]byte) [32]byte {
	for len(layer) > 1 {
		half := layer[:0]
		for i := 0; i < len(layer); i += 2 {
			right := pad
			if i+1 < len(layer) {
				right = layer[i+1]
			}
			half = append(half, joinHashes(layer[i], right))
		}
		layer, pad = half, joinHashes(pad, pad)
	}
	return layer[0]
}

func joinHashes(a, b [32]byte) [32]byte {
	var both [64]byte
	copy(both[:32], a[:])
	copy(both[32:], b[:])
	return sha256.Sum256(both[:])
}
