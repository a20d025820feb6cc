package anacrolix_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1" // pieces and info hashes of v1 are SHA-1
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/disk"
	"longhaul/agent/engine/enginetest"
)

// large writes files of so many bytes below a folder and returns their torrent.
func large(t *testing.T, dir string, piece int64, tracker string, sizes ...int64) (metainfo []byte) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, "large"), 0o700); err != nil {
		t.Fatal(err)
	}
	var pieces, list strings.Builder
	h, in := sha1.New(), int64(0)
	for i, size := range sizes {
		name := strconv.Itoa(i)
		f, err := os.Create(filepath.Join(dir, "large", name))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		for left := size; left > 0; {
			n := min(left, piece-in)
			block := bytes.Repeat([]byte{byte(i), byte(in >> 20), 7}, 1<<18)
			for at := int64(0); at < n; at += int64(len(block)) {
				b := block[:min(int64(len(block)), n-at)]
				h.Write(b)
				if _, err := w.Write(b); err != nil {
					t.Fatal(err)
				}
			}
			if left, in = left-n, in+n; in == piece {
				pieces.Write(h.Sum(nil))
				h.Reset()
				in = 0
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		fmt.Fprintf(&list, "d6:lengthi%de4:pathl%d:%see", size, len(name), name)
	}
	if in > 0 {
		pieces.Write(h.Sum(nil))
	}
	return fmt.Appendf(nil, "d8:announce%d:%s4:infod5:filesl%se4:name5:large12:piece lengthi%de6:pieces%d:%see",
		len(tracker), tracker, list.String(), piece, pieces.Len(), pieces.String())
}

// TestPiecesLargerThanMemory downloads pieces of 128 MiB within 32 MiB for
// them: whole ones, and ones that also have bytes of a file that is not wanted,
// of which one at a time is in memory.
func TestPiecesLargerThanMemory(t *testing.T) {
	const piece, mib = 128 << 20, 1 << 20
	dir := t.TempDir()
	peer := enginetest.NewQBittorrent(t)
	tracker := enginetest.NewTracker(t, peer.Peer)
	sizes := []int64{2*piece + 10*mib, 5 * mib, piece}
	metainfo := large(t, dir, piece, tracker.URL, sizes...)
	peer.Add(t, metainfo, dir, true)
	peer.AwaitComplete(t)
	for _, c := range []struct {
		chosen []int
		most   uint64 // MiB
	}{{[]int{0, 1, 2}, 60}, {[]int{0, 2}, 180}} {
		runtime.GC()
		var specs []disk.FileSpec
		cfg := config("127.0.0.0/8")
		cfg.MemoryLimit = 32 * mib
		job := engine.Job{Source: engine.Source{Metainfo: metainfo}, Options: engine.Options{StallTimeout: deadline}}
		for _, i := range c.chosen {
			specs = append(specs, disk.FileSpec{Index: i, Size: sizes[i], PartSize: 16 * mib})
			job.Files = append(job.Files, engine.File{Index: i, Size: sizes[i], PartSize: 16 * mib})
		}
		store, err := disk.Open(t.TempDir(), specs, disk.Options{})
		if err != nil {
			t.Fatal(err)
		}
		job.Store = store
		ctx, cancel := context.WithTimeout(t.Context(), 2*deadline)
		var peak uint64
		err = anacrolix.New(cfg).Download(ctx, job, func(engine.Report) {
			runtime.GC() // what is in use, and not what is left over
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("files %v: at most %d MiB of heap in use", c.chosen, peak/mib)
		if peak/mib > c.most {
			t.Errorf("files %v: %d MiB of heap in use, more than %d", c.chosen, peak/mib, c.most)
		}
		for _, i := range c.chosen {
			if got, want := sum(t, io.NewSectionReader(reader{store, i}, 0, sizes[i])), sumFile(t, filepath.Join(dir, "large", strconv.Itoa(i))); got != want {
				t.Errorf("file %d has wrong bytes", i)
			}
		}
		store.Close()
	}
}

type reader struct {
	store engine.Store
	file  int
}

func (r reader) ReadAt(b []byte, off int64) (int, error) { return r.store.ReadAt(r.file, b, off) }

func sum(t *testing.T, r io.Reader) string {
	t.Helper()
	h := sha1.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sumFile(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return sum(t, f)
}
