//go:build e2e

// Package seedr drives the whole system with a simulated Seedr account, in both
// generations of its answers, from a magnet or a .torrent file of a real swarm
// to the stored bytes.
package seedr

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"longhaul/internal/seedr/seedrtest"
	"longhaul/test/harness"
)

var (
	stack *harness.Stack
	sim   *harness.Seedr
)

func TestMain(m *testing.M) {
	os.Exit(harness.Package{
		Seedr: true,
		Env:   []string{"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "RESOLVE_TIMEOUT=20s", "STALL_TIMEOUT=20s", "RETRY_PAUSES=1s,1s"},
	}.Run(m, func(s *harness.Stack) { stack, sim = s, s.Seedr }))
}

func nested(name string, seed uint64) harness.Torrent {
	return harness.Torrent{Name: name, Files: []harness.TorrentFile{
		{Path: []string{"a", "b", "tief.bin"}, Content: harness.Content{Seed: seed, Size: 20<<20 + 7}},
		{Path: []string{"empty.txt"}, Content: harness.Content{Seed: seed + 1, Size: 0}},
		{Path: []string{"映画", "第一話 🎬.mkv"}, Content: harness.Content{Seed: seed + 2, Size: 33 << 20}},
		{Path: []string{"a", "tiny"}, Content: harness.Content{Seed: seed + 3, Size: 1}},
		{Path: []string{"a", "small.nfo"}, Content: harness.Content{Seed: seed + 4, Size: 70_001}},
	}}
}

// TestMainFlow: a magnet of a nested Unicode torrent with an empty file, and
// the .torrent file of a single large one, through the account into storage.
func TestMainFlow(t *testing.T) {
	for i, generation := range []seedrtest.Generation{seedrtest.Modern, seedrtest.Legacy} {
		t.Run(string(generation), func(t *testing.T) {
			sim.Set(func(s *seedrtest.Switches) {
				s.Generation, s.StringNumbers = generation, generation == seedrtest.Legacy
			})
			seed := uint64(100 * (i + 1))
			swarms := harness.SeedMany(t, harness.StartQBittorrent(t), harness.NewTracker(t),
				nested(fmt.Sprintf("Überraschung [日本] %s", generation), seed),
				harness.Torrent{Name: fmt.Sprintf("single %s.bin", generation), Files: []harness.TorrentFile{
					{Content: harness.Content{Seed: seed + 50, Size: 80<<20 + 12345}},
				}})
			magnet, err := stack.Client.SubmitURI(t.Context(), swarms[0].Magnet, nil)
			if err != nil {
				t.Fatal(err)
			}
			file, err := stack.Client.SubmitTorrent(t.Context(), swarms[1].Metainfo, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, job := range []harness.Job{magnet, file} {
				stack.Client.WaitState(t, job.ID, "ready", 3*time.Minute)
				stack.CheckFiles(t, job.ID, swarms[i])
				if n := harness.HistoryEvents(t, stack.Temporal(t), job.ID); n > 40 {
					t.Errorf("the job's history has %d events", n)
				}
				if n := sim.Stats().Adds[swarms[i].InfoHash]; n != 1 {
					t.Errorf("%s was added %d times", swarms[i].Name, n)
				}
			}
			sim.CheckClean(t, time.Minute)
		})
	}
}

// TestVerify: an admin sees the plan, the space and the slots, and nothing
// secret, and wrong credentials differ from an unreachable account.
func TestVerify(t *testing.T) {
	var check map[string]any
	err := stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/admin/providers/verify", map[string]string{"provider": "seedr"}, &check)
	if err != nil || check["ok"] != true {
		t.Fatalf("verify: %v, %v", check, err)
	}
	if s := fmt.Sprint(check); !strings.Contains(s, "MASTER") || strings.Contains(s, harness.SeedrPassword) || strings.Contains(s, harness.SeedrEmail) {
		t.Errorf("the answer is %v", check)
	}
	sim.Inject(seedrtest.FaultAuth, "", 1)
	err = stack.Client.Do(t.Context(), http.MethodPost, "/api/v1/admin/providers/verify", map[string]string{"provider": "seedr"}, &check)
	if err != nil || check["ok"] != false || check["problem"] != "seedr_auth" {
		t.Errorf("with a refused password: %v, %v", check, err)
	}
}

// TestZCanary runs last: the account's password is nowhere.
func TestZCanary(t *testing.T) {
	stack.CheckNoSecret(t, harness.SeedrPassword)
}
