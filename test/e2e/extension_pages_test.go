//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"longhaul/test/harness"
)

// TestExtensionOnHostilePages lets a page do what it can to have the browser
// extension send something without a user's click, and clicks there. Then a
// torrent file that a site gives only to those who are signed in is fetched by
// the extension.
func TestExtensionOnHostilePages(t *testing.T) {
	cmd := exec.Command("node", "test/pages.mjs", stack.Client.Base, harness.AdminEmail, harness.AdminPassword)
	cmd.Dir = "../../extension"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw struct {
		Acted, Told, Reaches, Readable, Text, Root bool
		Pwned                                      int
		Sent                                       []string
		Magnets                                    map[string]string
		Refused, Name                              string
	}
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	if !saw.Acted || saw.Reaches || saw.Readable {
		t.Errorf("the page acted: %t; it reaches the extension: messages %t, files %t", saw.Acted, saw.Reaches, saw.Readable)
	}
	if !saw.Told || saw.Text || saw.Root {
		t.Errorf("the user is told on the page: %t; the page can read that: %t, %t", saw.Told, saw.Text, saw.Root)
	}
	if saw.Pwned != 0 {
		t.Error("a magnet link's name was run as a script")
	}
	for name, hash := range saw.Magnets {
		want := 0
		if name == "clicked" {
			want = 2 // by a click and by the menu
		}
		if n := strings.Count(strings.Join(saw.Sent, " "), hash); n != want {
			t.Errorf("%s: %d sent, not %d", name, n, want)
		}
		forget(t, jobIDs(t, `select id from jobs where source_uri like '%' || $1 || '%'`, hash))
	}
	if !strings.HasSuffix(saw.Refused, "sent a page, not a torrent file") {
		t.Errorf("a sign-in page instead of a torrent file: %q", saw.Refused)
	}
	waiting := jobIDs(t, `select id from jobs where name = $1 and state = 'awaiting_selection'`, saw.Name)
	if len(waiting) != 1 {
		t.Errorf("%d downloads of the torrent file wait for a choice", len(waiting))
	}
	forget(t, waiting)
}

// forget deletes jobs, which nothing would ever end.
func forget(t *testing.T, ids []string) {
	t.Helper()
	for _, id := range ids {
		if err := stack.Client.Do(t.Context(), http.MethodDelete, "/api/v1/jobs/"+id, nil, nil); err != nil {
			t.Error(err)
		}
	}
}

// jobIDs returns the ids of the jobs that a query finds.
func jobIDs(t *testing.T, query, arg string) []string {
	t.Helper()
	rows, err := stack.DB.Query(t.Context(), query, arg)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		out = append(out, id)
	}
	return out
}
