package zipfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/internal/zipfile"
)

// TestStreamsOpen reads a zip from its start without ever going back: with a
// reader that trusts local headers alone, and with the programs of this machine
// that read so.
func TestStreamsOpen(t *testing.T) {
	t.Parallel()
	sizes := []int64{5, 0, 100_000, 70_001, 1}
	whole := archive{l: zipfile.New(entries(true, sizes...))}.all(t)
	if err := stream(bytes.NewReader(whole), sizes); err != nil {
		t.Error(err)
	}
	want := ""
	for i, size := range sizes {
		want += fmt.Sprintf("folder/größe %d.bin %d %08x\n", i, size, crc32.ChecksumIEEE(content(i, size)))
	}
	t.Run("java", func(t *testing.T) {
		if got := runJava(t, whole); got != want {
			t.Errorf("ZipInputStream reads %q, want %q", got, want)
		}
	})
	t.Run("bsdtar", func(t *testing.T) {
		dir := t.TempDir()
		cmd := exec.CommandContext(t.Context(), "bsdtar", "-x", "-f", "-", "-C", dir)
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		cmd.Stdin = io.MultiReader(bytes.NewReader(whole)) // a pipe, which can't be searched
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for i, size := range sizes {
			got, err := os.ReadFile(filepath.Join(dir, "folder", fmt.Sprintf("größe %d.bin", i)))
			if err != nil || !bytes.Equal(got, content(i, size)) {
				t.Errorf("entry %d: %d bytes, %v", i, len(got), err)
			}
		}
	})
}

// stream reads stored entries by their local headers.
func stream(r io.Reader, sizes []int64) error {
	for i, size := range sizes {
		head := make([]byte, 30)
		if _, err := io.ReadFull(r, head); err != nil {
			return err
		}
		le := binary.LittleEndian
		switch {
		case le.Uint32(head) != 0x04034b50:
			return fmt.Errorf("entry %d has no header", i)
		case le.Uint16(head[6:])&8 != 0:
			return fmt.Errorf("entry %d has a data descriptor", i)
		case int64(le.Uint32(head[18:])) != size:
			return fmt.Errorf("entry %d has %d bytes, want %d", i, le.Uint32(head[18:]), size)
		}
		if _, err := io.CopyN(io.Discard, r, int64(le.Uint16(head[26:]))+int64(le.Uint16(head[28:]))); err != nil {
			return err
		}
		sum := crc32.NewIEEE()
		if _, err := io.CopyN(sum, r, size); err != nil {
			return err
		}
		if sum.Sum32() != le.Uint32(head[14:]) {
			return errors.New("a checksum is wrong")
		}
	}
	return nil
}

// reader is a Java program that lists what ZipInputStream finds.
const reader = `
import java.io.*;
import java.util.zip.*;
public class Reader {
  public static void main(String[] a) throws IOException {
    PrintStream out = new PrintStream(System.out, true, "UTF-8");
    ZipInputStream in = new ZipInputStream(new BufferedInputStream(System.in));
    for (ZipEntry e; (e = in.getNextEntry()) != null; ) {
      CRC32 sum = new CRC32();
      long n = 0;
      byte[] b = new byte[65536];
      for (int k; (k = in.read(b)) > 0; n += k) sum.update(b, 0, k);
      out.print(e.getName() + " " + n + " " + String.format("%08x", sum.getValue()) + "\n");
    }
  }
}`

func runJava(t *testing.T, whole []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Reader.java")
	if err := os.WriteFile(file, []byte(reader), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "java", file)
	cmd.Stdin = bytes.NewReader(whole)
	var out, faults strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &faults
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, faults.String())
	}
	return out.String()
}
