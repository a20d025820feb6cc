package agent_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/agent/agenttest"
	"longhaul/agent/engine/enginetest"
)

// TestAnAddressThatLeadsToATorrentIsResolved asks for an address that redirects to
// a magnet link, and for one that sends the torrent, as a job and as an inspection.
func TestAnAddressThatLeadsToATorrentIsResolved(t *testing.T) {
	c := agenttest.NewControlPlane(t)
	a := agenttest.Start(t, agenttest.Config(t, c))
	tracker := enginetest.NewTracker(t)
	made := enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "collection", PieceLength: 256 << 10, Files: []enginetest.File{
			{Path: "first", Data: agenttest.Noise(30, mib)}, {Path: "second", Data: agenttest.Noise(31, 5)},
		},
	})
	tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
	magnet := made.Magnet(tracker.URL)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/magnet":
			w.Header().Set("Location", magnet)
			w.WriteHeader(http.StatusFound)
		case "/torrent":
			w.Header().Set("Content-Type", "application/x-bittorrent")
			_, _ = w.Write(made.Metainfo)
		}
	}))
	t.Cleanup(srv.Close)
	for path, byLink := range map[string]bool{"/magnet": true, "/torrent": false} {
		id, src := agenttest.NewID(), agentapi.Source{URL: srv.URL + path}
		a.Transfer(id, agentapi.StartTransfer{Epoch: 1, Kind: agentapi.KindResolve, Source: src, ResolveTimeoutSeconds: 30, StallTimeoutSeconds: 30})
		if s := a.Until(id, "the metadata", agenttest.Ended); s.Phase != agentapi.PhaseDone {
			t.Fatalf("%s: status %+v, fault %+v", path, s, s.Fault)
		}
		resolved, err := a.Client.Manifest(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		inspected, err := a.Client.Inspect(t.Context(), agentapi.Inspect{Source: src, Owner: "ann", TimeoutSeconds: 30})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []agentapi.Manifest{resolved, inspected} {
			if len(m.Files) != 2 || m.InfoHashV1 != made.InfoHashV1 || len(m.Metainfo) == 0 || (m.Magnet != "") != byLink {
				t.Errorf("%s: %d files of %s, magnet %q", path, len(m.Files), m.InfoHashV1, m.Magnet)
			}
		}
	}
}

// TestALoginIsKeptInMemoryAlone downloads with a login, looks for it on the disk and
// in the log, and kills the agent: the next one stops the transfer, so that the
// control plane sends it again, and its bytes are still there.
func TestALoginIsKeptInMemoryAlone(t *testing.T) {
	const password = "s3cret-of-ann"
	c := agenttest.NewControlPlane(t)
	a := agenttest.NewAgent(t, agenttest.Config(t, c))
	p := a.StartProcess()
	content := agenttest.Noise(32, 40*mib)
	files := agenttest.NewFileServer(t, content)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, given, _ := r.BasicAuth(); user != "ann" || given != password {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		files.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	release := files.Hold(30 * mib)
	defer release()
	id, file := agenttest.NewID(), agenttest.OneFile(40*mib)
	c.AddJob(id, 1, file)
	spec := agenttest.Download(1, srv.URL+"/file.bin", file)
	spec.Source.Login = &agentapi.Login{User: "ann", Password: password}
	a.Transfer(id, spec)
	a.Until(id, "half of it", func(s agentapi.Status) bool { return s.BytesDone > 20*mib })
	nowhere(t, a.Config.DataDir, password)
	kids := agenttest.Children(t, p.Pid)
	_ = p.Kill()
	_, _ = p.Wait()
	for _, kid := range kids {
		agenttest.AwaitGone(t, kid)
	}
	nowhere(t, a.Config.DataDir, password)
	a.StartProcess()
	if s := a.Until(id, "its end", agenttest.Ended); s.Phase != agentapi.PhaseStopped || s.Epoch != 1 {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	release()
	before := files.Sent.Load()
	spec.Epoch = 2
	c.AddJob(id, 2, file)
	spec.Files = []agentapi.FileJob{c.Resumed(id, 2, file)}
	a.Transfer(id, spec)
	if s := a.Until(id, "the end", func(s agentapi.Status) bool { return s.Epoch == 2 && agenttest.Ended(s) }); s.Phase != agentapi.PhaseDone {
		t.Fatalf("status %+v, fault %+v", s, s.Fault)
	}
	if !bytes.Equal(c.Content(t, id, 0), content) {
		t.Error("storage has other bytes than the source")
	}
	if sent := files.Sent.Load() - before; sent > 25*mib {
		t.Errorf("the source sent %d MiB again", sent/mib)
	}
	if strings.Contains(a.Log.String(), password) {
		t.Error("the log has the password")
	}
}

// nowhere fails if a file below the folder has the secret.
func nowhere(t *testing.T, dir, secret string) {
	t.Helper()
	read := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "/data/") {
			return nil // what is gone by now, and the content
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		read++
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s has the secret", path)
		}
		return nil
	})
	if err != nil || read == 0 {
		t.Errorf("read %d files, %v", read, err)
	}
}
