//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// TestSharing shares a video with a password and a limit in Chromium; a visitor
// enters a wrong and the right password, downloads and streams it, and the stream
// ends when the owner revokes the share.
func TestSharing(t *testing.T) {
	clip, err := os.ReadFile("testdata/test-pattern.webm")
	if err != nil {
		t.Fatal(err)
	}
	clip = append(clip, make([]byte, 192<<20)...) // more than the buffers on the way
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "video/webm")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(clip))
	}))
	t.Cleanup(srv.Close)
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}
	cmd := exec.Command("node", "test/browser/share-flow.mjs",
		stack.Client.Base, harness.AdminEmail, harness.AdminPassword, srv.URL+"/shared-clip.webm", out)
	cmd.Dir = "../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		Title      string   `json:"title"`   // of the page before the password
		Leaks      bool     `json:"leaks"`   // it has the name of the share or the file
		Robots     string   `json:"robots"`  // header of the page
		Wrong      bool     `json:"wrong"`   // a wrong password was refused
		Size       int      `json:"size"`    // of what the visitor saved
		Counted    string   `json:"counted"` // what the owner's list says
		Length     float64  `json:"length"`  // of the video
		Streamed   int      `json:"streamed"`
		Ended      bool     `json:"ended"` // the stream ended before its end
		Gone       bool     `json:"gone"`  // the page says that the share isn't available
		Visits     string   `json:"visits"`
		AxeFaults  []string `json:"axe"`
		PageFaults []string `json:"faults"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	t.Logf("the browser saw %+v", saw)
	if saw.Leaks || saw.Title != "Shared files · Longhaul" || saw.Robots == "" {
		t.Errorf("before the password: title %q, leaks %t, robots %q", saw.Title, saw.Leaks, saw.Robots)
	}
	if !saw.Wrong || saw.Size != len(clip) || saw.Length <= 0 {
		t.Errorf("wrong password refused: %t; saved %d of %d bytes; the video has %.1f s", saw.Wrong, saw.Size, len(clip), saw.Length)
	}
	if saw.Counted != "1 of 5 downloads" {
		t.Errorf("the owner reads %q", saw.Counted)
	}
	if !saw.Ended || saw.Streamed >= len(clip) || !saw.Gone {
		t.Errorf("after it was revoked: ended %t with %d of %d bytes, page says so: %t", saw.Ended, saw.Streamed, len(clip), saw.Gone)
	}
	if len(saw.AxeFaults) > 0 || len(saw.PageFaults) > 0 {
		t.Errorf("axe %v, page %v", saw.AxeFaults, saw.PageFaults)
	}
}

// TestSharingAFolder shares a folder of the library in Chromium. A visitor sees its
// files under the names that their owner gave them, and saves one and the zip of
// all, byte for byte. What lands in the folder later isn't shared, and the share is
// gone when its owner revokes it.
func TestSharingAFolder(t *testing.T) {
	const email = "folder@longhaul.test"
	contents := map[string][]byte{
		"one.bin": bytes.Repeat([]byte("one at the harbour\n"), 60_000), "two.bin": bytes.Repeat([]byte("two at sea\n"), 90_000), "later.bin": []byte("came later"),
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Base(r.URL.Path)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(contents[name]))
	}))
	t.Cleanup(srv.Close)
	owner := stack.Member(t, email)
	files := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		job, err := owner.SubmitURI(t.Context(), srv.URL+"/"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		owner.WaitState(t, job.ID, "ready", time.Minute)
		files[name] = owner.Files(t, job.ID)[0].ID
	}
	do := func(method, path string, in, out any) {
		t.Helper()
		if err := owner.Do(t.Context(), method, "/api/v1/library/"+path, in, out); err != nil {
			t.Fatal(err)
		}
	}
	var folder struct{ ID string }
	do(http.MethodPost, "folders", map[string]string{"name": "Voyage"}, &folder)
	do(http.MethodPost, "move", map[string]any{"files": []string{files["one.bin"], files["two.bin"]}, "to": folder.ID}, nil)
	do(http.MethodPatch, "files/"+files["two.bin"], map[string]string{"name": "second.bin"}, nil)

	out := t.TempDir()
	saw := sharedFolder(t, "share", email, "Voyage", "-", out)
	if want := []string{"one.bin", "second.bin"}; !slices.Equal(saw.Names, want) {
		t.Errorf("the visitor reads %q, not %q", saw.Names, want)
	}
	saved, err := os.ReadFile(filepath.Join(out, "saved"))
	if err != nil || !bytes.Equal(saved, contents["two.bin"]) {
		t.Errorf("the visitor saved %d of %d bytes: %v", len(saved), len(contents["two.bin"]), err)
	}
	digests := map[string]string{}
	for path, digest := range harness.ZipDigests(t, filepath.Join(out, "zip")) {
		digests[path[strings.LastIndexByte(path, '/')+1:]] = digest
	}
	if want := map[string]string{"one.bin": digestOf(contents["one.bin"]), "second.bin": digestOf(contents["two.bin"])}; !maps.Equal(digests, want) {
		t.Errorf("the zip has %v, not %v", digests, want)
	}

	do(http.MethodPost, "move", map[string]any{"files": []string{files["later.bin"]}, "to": folder.ID}, nil)
	if after := sharedFolder(t, "revoke", email, "Voyage", saw.Address, out); !slices.Equal(after.Names, saw.Names) || !after.Gone {
		t.Errorf("after a file came: the visitor reads %q; gone once revoked: %t", after.Names, after.Gone)
	}
}

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

type folderSaw struct {
	Address string   `json:"address"` // of the share
	Names   []string `json:"names"`   // that its page lists
	Gone    bool     `json:"gone"`    // the page says that the share isn't available
	Faults  []string `json:"faults"`
}

// sharedFolder plays an act of sharing a folder in Chromium.
func sharedFolder(t *testing.T, act, email, folder, address, out string) folderSaw {
	t.Helper()
	cmd := exec.Command("node", "test/browser/share-folder.mjs", act, stack.Client.Base, email, harness.MemberPassword, folder, address, out)
	cmd.Dir = "../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw folderSaw
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	if len(saw.Faults) > 0 {
		t.Errorf("%s: the pages have faults: %q", act, saw.Faults)
	}
	return saw
}
