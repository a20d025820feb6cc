//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/models"
	"longhaul/test/harness"
)

// TestTakedownAndBack has a stranger take down a download with the public form in
// Chromium, by the address of the share's page that shows it. An administrator accepts the notice, so that the owner's download
// delivers nothing and costs a strike. The owner objects, the complainant doesn't
// go to court, and the file comes back as it was, and the strike goes.
func TestTakedownAndBack(t *testing.T) {
	const email, complainant, name = "takedown@longhaul.test", "ada@holder.example", "one-winter.bin"
	content := bytes.Repeat([]byte("one winter at the harbour\n"), 40_000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	}))
	t.Cleanup(srv.Close)
	owner := stack.Member(t, email)
	job, err := owner.SubmitURI(t.Context(), srv.URL+"/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	owner.WaitState(t, job.ID, "ready", time.Minute)
	link := owner.Link(t, owner.Files(t, job.ID)[0].ID)
	var share struct{ URL string }
	err = owner.Do(t.Context(), http.MethodPost, "/api/v1/shares", map[string]any{
		"name": "Winter", "items": []any{map[string]any{"jobId": job.ID}},
	}, &share)
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if dir := os.Getenv("LONGHAUL_PICTURES"); dir != "" {
		out = dir
	}

	down := takedown(t, "down", email, name, share.URL, out)
	if down.Offered != 0 {
		t.Error("the page offers the blocked file for download")
	}
	if status, body := fetched(t, link); status == http.StatusOK || bytes.Contains(body, content[:20]) {
		t.Errorf("the link of before answers %d with %d bytes", status, len(body))
	}
	if err := owner.Do(t.Context(), http.MethodPost, "/api/v1/files/"+owner.Files(t, job.ID)[0].ID+"/link", map[string]string{}, nil); err == nil || !strings.Contains(err.Error(), "blocked_content") {
		t.Errorf("a new link to the blocked file: %v", err)
	}
	// The acknowledgement came first, then the copy of the counter-notice.
	if text := stack.Mailed(t, complainant, 2); !strings.Contains(text, "Grace Owner") || !strings.Contains(text, "2 Side Street") {
		t.Errorf("the complainant's copy of the counter-notice: %s", text)
	}
	if text := stack.MailedAt(t, complainant, 2, 1); !strings.Contains(text, down.Reference) || strings.Contains(text, "Main Street") {
		t.Errorf("the acknowledgement: %s", text)
	}

	skipClock(t, down.Reference)
	takedown(t, "back", email, name, share.URL, out)
	back, err := os.ReadFile(filepath.Join(out, "restored"))
	if err != nil || !bytes.Equal(back, content) {
		t.Errorf("%d of %d bytes came back: %v", len(back), len(content), err)
	}
	if text := stack.Mailed(t, email, 3); !strings.Contains(text, name) { // verification, block, restoration
		t.Errorf("the owner's mail on the restoration: %s", text)
	}
}

// skipClock lets the business days of a notice's counter-notice be over, and waits
// until the content is restored.
func skipClock(t *testing.T, reference string) {
	t.Helper()
	var id uuid.UUID
	err := stack.DB.QueryRow(t.Context(), `
		update counter_notices c set received_at = c.received_at - interval '30 days', remind_at = c.remind_at - interval '30 days',
			due_at = c.due_at - interval '30 days', next_at = c.next_at - interval '30 days'
		from notices n where n.id = c.notice_id and n.reference = $1 returning c.id`, reference).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	// As any change of the clock does, this wakes the workflow that keeps it.
	payloads, err := event.Encode(event.Message{Kind: event.KindOutbox})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stack.DB.Exec(t.Context(), `insert into outbox (kind, ref, next_at, created_at) values ($1, $2, now(), now())`, models.OutboxCounter, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = stack.DB.Exec(t.Context(), `select pg_notify($1, $2)`, event.Channel, payloads[0]); err != nil {
		t.Fatal(err)
	}
	harness.Eventually(t, time.Minute, "the notice is reversed", func() error {
		var state string
		var carried bool
		err := stack.DB.QueryRow(t.Context(), `select state, carried_at is not null from notices where reference = $1`, reference).Scan(&state, &carried)
		if err == nil && (state != "restored" || !carried) {
			err = models.Errorf(models.CodeConflict, "it is %s, carried out: %t", state, carried)
		}
		return err
	})
}

type takedownSaw struct {
	Reference string   `json:"reference"`
	Offered   int      `json:"offered"` // buttons that download the blocked file
	Faults    []string `json:"faults"`
}

// takedown plays an act of the takedown in Chromium.
func takedown(t *testing.T, act, email, name, location, out string) takedownSaw {
	t.Helper()
	cmd := exec.Command("node", "test/browser/takedown.mjs", act, stack.Client.Base,
		harness.AdminEmail, harness.AdminPassword, email, harness.MemberPassword, name, location, out)
	cmd.Dir = "../../web"
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the browser: %v\n%s%s", err, &stdout, &stderr)
	}
	var saw takedownSaw
	if err := json.Unmarshal(stdout.Bytes(), &saw); err != nil {
		t.Fatalf("%v: %s", err, &stdout)
	}
	if len(saw.Faults) > 0 {
		t.Errorf("%s: the pages have faults: %q", act, saw.Faults)
	}
	return saw
}

// fetched returns what an address answers.
func fetched(t *testing.T, address string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body.Bytes()
}
