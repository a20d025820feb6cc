//go:build e2e

package restore

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// rotated starts one more API, which has the new secret key and accepts the
// stack's. It returns its two origins.
func rotated(t *testing.T) (app, files string) {
	t.Helper()
	r, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	ports := harness.FreePorts(t, 2)
	listen := func(i int) string { return "127.0.0.1:" + strconv.Itoa(ports[i]) }
	app, files = "http://localhost:"+strconv.Itoa(ports[0]), "http://"+listen(1)
	bin := os.Getenv("LONGHAUL_BIN")
	cmd := exec.CommandContext(context.Background(), filepath.Join(bin, "api"))
	for name, value := range r.Env {
		if name != "SECRET_KEY" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "SECRET_KEY="+strings.Repeat("b7", 32), "SECRET_KEY_ACCEPTED="+r.Env["SECRET_KEY"], "API_LISTEN="+listen(0),
		"FILES_LISTEN="+listen(1), "BASE_URL="+app, "FILES_URL="+files, "WEB_DIR="+filepath.Join(filepath.Dir(bin), "web", "dist"))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if _ = cmd.Wait(); t.Failed() {
			t.Log(said.String())
		}
	})
	harness.Eventually(t, time.Minute, "the second API to answer", func() error {
		return harness.NewClient(app).Do(t.Context(), http.MethodGet, "/healthz", nil, nil)
	})
	return app, files
}

// While the secret key is rotated, links from before work at a process with the
// new key, sessions go on, and links of the new key work where it is known.
func TestTheSecretKeyIsRotatedUnderARunningStack(t *testing.T) {
	d := &drill{T: t, fast: harness.NewSource(t), content: map[string]harness.Content{}}
	id := d.submit(d.fast, "rotation.bin", 3<<20)
	d.ready(id)
	c, before := d.content[id], d.link(id)
	app, files := rotated(t)
	at := func(link, origin string) string {
		t.Helper()
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		return origin + u.EscapedPath()
	}
	if sum := stack.Client.FetchSHA256(t, at(before, files), 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
		t.Error("a link from before does not deliver the file")
	}
	second := harness.NewClient(app)
	second.Cookie = stack.Client.Cookie
	after := second.Link(t, stack.Client.Files(t, id)[0].ID)
	if sum := stack.Client.FetchSHA256(t, after, 0, c.Size, c.Size); sum != c.SHA256(0, c.Size) {
		t.Error("a new link does not deliver the file")
	}
	r, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	if status := d.status(at(after, r.Files)); status != http.StatusNotFound {
		t.Errorf("a process that does not know the new key answers a new link with %d", status)
	}
}

// The database's password changes under the running stack: what is started with
// the new one works, and with the old one it does not.
func TestTheDatabasePasswordIsRotated(t *testing.T) {
	r, err := stack.Ready()
	if err != nil {
		t.Fatal(err)
	}
	old, err := url.Parse(r.Env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	password, _ := old.User.Password()
	rotated := *old
	rotated.User = url.UserPassword(old.User.Username(), "rotated")
	alter := func(password string) {
		t.Helper()
		if _, err := stack.DB.Exec(t.Context(), "alter role "+old.User.Username()+" password '"+password+"'"); err != nil {
			t.Fatal(err)
		}
	}
	if err := stack.DB.Ping(t.Context()); err != nil { // so that the connection that changes it back is open
		t.Fatal(err)
	}
	alter("rotated")
	defer alter(password)
	if _, err := stack.LonghaulWith(t, []string{"DATABASE_URL=" + rotated.String()}, "backup", t.TempDir()); err != nil {
		t.Errorf("with the new password: %v", err)
	}
	if out, err := stack.LonghaulWith(t, nil, "backup", t.TempDir()); err == nil {
		t.Errorf("with the old password: %s", out)
	}
}
