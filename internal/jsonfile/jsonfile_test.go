package jsonfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestAValueIsReadBackAndPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "value.json")
	var got map[string]string
	if err := Read(path, &got); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading nothing: %v", err)
	}
	for _, v := range []string{"first", "second"} {
		if err := Write(path, map[string]string{"key": v}); err != nil {
			t.Fatal(err)
		}
		if err := Read(path, &got); err != nil || got["key"] != v {
			t.Errorf("read %v, %v; want %s", got, err, v)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("files left: %v, %v", left, err)
	}
}

func TestADamagedFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "value.json")
	if err := os.WriteFile(path, []byte(`{"half`), 0o600); err != nil {
		t.Fatal(err)
	}
	var v any
	if err := Read(path, &v); err == nil || !strings.Contains(err.Error(), "value.json") {
		t.Errorf("reading half a file: %v", err)
	}
}

func TestAReaderNeverSeesHalfAValue(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "value.json")
	long := strings.Repeat("x", 1<<20)
	if err := Write(path, long); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			if err := Write(path, long); err != nil {
				t.Error(err)
			}
		}
	})
	for range 20 {
		var got string
		if err := Read(path, &got); err != nil || len(got) != len(long) {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
	}
	wg.Wait()
}
