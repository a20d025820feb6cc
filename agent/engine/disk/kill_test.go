package disk

import (
	"bufio"
	"bytes"
	"hash/crc32"
	"os"
	"os/exec"
	"testing"
)

const (
	killDir  = "DISK_KILL_DIR"
	killSeed = 11
	killSize = 64 << 20
	killStep = 32 << 10
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		writeUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled is the child of TestKill: it takes up what is there and goes
// on, and prints a line after every range.
func writeUntilKilled(dir string) {
	data := content(killSeed, killSize)
	s, err := Open(dir, []FileSpec{{Index: 0, Size: killSize, PartSize: part}}, Options{})
	if err != nil {
		panic(err)
	}
	for off := int64(0); off < killSize; off += killStep {
		if s.Has(0, off, killStep) {
			continue
		}
		b := data[off : off+killStep]
		if _, err := s.WriteAt(0, b, off); err != nil {
			panic(err)
		}
		if err := s.Verified(0, off, killStep, crc32.Checksum(b, castagnoli)); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("range\n")
	}
	select {}
}

func TestKill(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), content(killSeed, killSize)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var last int64
	for _, lines := range []int{1, 40, 200} {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), killDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lr := bufio.NewScanner(out)
		for i := 0; i < lines && lr.Scan(); i++ {
			continue
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed

		r := openReader(t, dir, FileSpec{Index: 0, Size: killSize, PartSize: part})
		n := r.VerifiedBytes()
		if n < min(killSize, last+int64(lines)*killStep) {
			t.Fatalf("%d bytes after %d, though %d ranges were recorded", n, last, lines)
		}
		last = n
		for _, rng := range r.VerifiedRanges(0) {
			b := make([]byte, rng.Len)
			if err := r.ReadVerified(0, rng.Off, b); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b, data[rng.Off:rng.End()]) {
				t.Fatal("verified bytes are wrong")
			}
		}
	}
}
