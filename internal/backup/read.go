package backup

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"longhaul/internal/token"
)

// longest is how long a line of the list of objects, or the description, may be.
const longest = 1 << 20

// ErrUnfinished is what opening a backup that was not written to its end fails
// with.
var ErrUnfinished = errors.New("this backup was not finished; use another one")

// Backup is a backup that is there. Only its description was looked at.
type Backup struct {
	Description
	dir string
}

// Open reads the description of the backup in the folder.
func Open(dir string) (*Backup, error) {
	dir = filepath.Clean(dir)
	if strings.HasSuffix(dir, partial) {
		return nil, ErrUnfinished
	}
	f, err := os.Open(filepath.Join(dir, DescriptionFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is no backup: it has no %s", dir, DescriptionFile)
	}
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	b := &Backup{dir: dir}
	body, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	var head struct{ Format int }
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", DescriptionFile, err)
	}
	if head.Format != format {
		return nil, fmt.Errorf("the backup has format %d; this program reads %d, use a newer one", head.Format, format)
	}
	strict := json.NewDecoder(strings.NewReader(string(body)))
	strict.DisallowUnknownFields() // the seal would not cover them
	if err := strict.Decode(&b.Description); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", DescriptionFile, err)
	}
	return b, nil
}

func (b *Backup) file(name string) string { return filepath.Join(b.dir, name) }

// Damage returns what is wrong with the files, nil if nothing is. It reads all
// of them.
func (b *Backup) Damage(ctx context.Context) (faults []string, err error) {
	for _, name := range []string{DatabaseFile, ObjectsFile} {
		got, err := checksum(ctx, b.file(name))
		switch {
		case errors.Is(err, os.ErrNotExist):
			faults = append(faults, name+" is missing.")
		case err != nil:
			return nil, err
		case got.Size != b.Files[name].Size:
			faults = append(faults, fmt.Sprintf("%s is damaged: it has %d bytes instead of %d.", name, got.Size, b.Files[name].Size))
		case got != b.Files[name]:
			faults = append(faults, name+" is damaged: its checksum differs.")
		}
	}
	if len(faults) > 0 {
		return faults, nil
	}
	if err := readable(ctx, b.file(DatabaseFile)); err != nil {
		return []string{DatabaseFile + " can't be read: " + err.Error() + "."}, ctx.Err()
	}
	return nil, nil
}

// Unlike returns the names of the secrets that differ from those of the backup,
// or are missing. Without the right SECRET_KEY it names that one alone: the rest
// can't be compared.
func (b *Backup) Unlike(s Secrets) []string {
	if !s.Keys.Marked(token.PurposeBackup, b.fingerprinted(secretKey, ""), b.Secrets[secretKey]) {
		return []string{secretKey}
	}
	var out []string
	for name, mark := range b.Secrets {
		if name != secretKey && !s.Keys.Marked(token.PurposeBackup, b.fingerprinted(name, s.Values[name]), mark) {
			out = append(out, name)
		}
	}
	return out
}

// Sealed reports whether the description is as it was written, which only
// SECRET_KEY can tell.
func (b *Backup) Sealed(s Secrets) bool {
	body, err := b.sealed()
	return err == nil && s.Keys.Marked(token.PurposeBackup, body, b.Seal)
}

// EachObject calls fn for each object of the list, in the order of the keys.
func (b *Backup) EachObject(fn func(Object) error) (err error) {
	f, err := os.Open(b.file(ObjectsFile))
	if err != nil {
		return fmt.Errorf("open the list of objects: %w", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return fmt.Errorf("the list of objects is damaged: %w", err)
	}
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, longest)
	last := ""
	for lines.Scan() {
		var o Object
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil || o.Key <= last {
			return errors.Join(errors.New("the list of objects is damaged"), err)
		}
		last = o.Key
		if err := fn(o); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("the list of objects is damaged: %w", err)
	}
	return nil
}

// checksum reads a whole file.
func checksum(ctx context.Context, path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("open a file of the backup: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, cancelled{ctx, f})
	if err != nil {
		return File{}, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return File{Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// cancelled is a reader that ends with a context.
type cancelled struct {
	ctx context.Context //nolint:containedctx // a reader has no other way to get one
	r   io.Reader
}

// Read implements io.Reader.
func (c cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
