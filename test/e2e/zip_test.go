//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"testing"
)

// checkResumable asserts that a zip that is kept at path is one that a client can
// resume, and that every entry has its checksum before its bytes: agents report it
// with the parts, so that no file has to be read for it.
func checkResumable(t *testing.T, address, path string) {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for _, f := range r.File {
		if f.Flags&8 != 0 {
			t.Errorf("entry %q has a data descriptor", f.Name)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := ask(t, http.MethodHead, address, nil)
	tag := head.Header.Get("ETag")
	if tag == "" || head.Header.Get("Accept-Ranges") != "bytes" || head.ContentLength != int64(len(whole)) {
		t.Fatalf("the head of the zip has %d of %d bytes and %v", head.ContentLength, len(whole), head.Header)
	}
	from := len(whole) * 2 / 3
	resp := ask(t, http.MethodGet, address, map[string]string{"Range": fmt.Sprintf("bytes=%d-", from), "If-Range": tag})
	rest := sha256.New()
	if _, err := io.Copy(rest, resp.Body); err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256(whole[from:])
	if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(rest.Sum(nil), want[:]) {
		t.Errorf("resumed at %d: status %d, and other bytes than at first", from, resp.StatusCode)
	}
	cmd := exec.CommandContext(t.Context(), "bsdtar", "-x", "-f", "-", "-C", t.TempDir())
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stdin = io.MultiReader(bytes.NewReader(whole)) // a pipe
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("bsdtar refuses the zip from a pipe: %v\n%s", err, out)
	}
}

func ask(t *testing.T, method, address string, header map[string]string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}
