package harness

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Content is a file's bytes made from a seed, so that a checker knows every
// byte without storing any.
type Content struct {
	Seed uint64
	Size int64

	data string // the bytes themselves, instead of a seed
}

// ContentOf returns content of given bytes.
func ContentOf(b []byte) Content {
	return Content{Seed: uint64(crc32.ChecksumIEEE(b)), Size: int64(len(b)), data: string(b)}
}

// Reader returns the content from the offset on.
func (c Content) Reader(off int64) io.Reader {
	if c.data != "" {
		return strings.NewReader(c.data[off:])
	}
	return io.LimitReader(&keystream{block: c.block(), pos: off}, c.Size-off)
}

// SHA256 returns the lower-case hex digest of length bytes from the offset.
func (c Content) SHA256(off, length int64) string {
	h := sha256.New()
	_, _ = io.Copy(h, io.LimitReader(c.Reader(off), length))
	return hex.EncodeToString(h.Sum(nil))
}

// WriteFile writes the content to a path, making its folders.
func (c Content) WriteFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(f, c.Reader(0), make([]byte, 1<<20)); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func (c Content) block() cipher.Block {
	key := sha256.Sum256(binary.BigEndian.AppendUint64(nil, c.Seed))
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		panic(err) // the key's length is right by construction
	}
	return block
}

// keystream is AES in counter mode over zeros, positioned anywhere.
type keystream struct {
	block cipher.Block
	pos   int64
}

func (k *keystream) Read(p []byte) (int, error) {
	var iv [aes.BlockSize]byte
	binary.BigEndian.PutUint64(iv[8:], uint64(k.pos/aes.BlockSize))
	stream := cipher.NewCTR(k.block, iv[:])
	if skip := k.pos % aes.BlockSize; skip > 0 {
		var drop [aes.BlockSize]byte
		stream.XORKeyStream(drop[:skip], drop[:skip])
	}
	clear(p)
	stream.XORKeyStream(p, p)
	k.pos += int64(len(p))
	return len(p), nil
}
