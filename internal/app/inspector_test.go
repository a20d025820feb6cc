package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/agent/agentapi"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/internal/telemetry"
	"longhaul/internal/token"
	"longhaul/models"
)

func sampleTorrent(t *testing.T, name string) models.Source {
	t.Helper()
	info := "d6:lengthi10e4:name" + string(rune('0'+len(name))) + ":" + name + "12:piece lengthi16384e6:pieces20:" + strings.Repeat("x", 20) + "e"
	src, _, err := source.ParseTorrent(source.BuildTorrent([]byte(info), nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestInspector(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	keys, err := token.NewKeys([]byte(strings.Repeat("k", 32)), nil)
	if err != nil {
		t.Fatal(err)
	}
	mine, other := sampleTorrent(t, "mine"), sampleTorrent(t, "other")
	magnet := models.Source{Kind: models.SourceMagnet, URI: "magnet:?xt=urn:btih:" + mine.InfoHashV1, InfoHashV1: mine.InfoHashV1}
	link := models.Source{Kind: models.SourceURL, URI: "https://example.com/a"}
	user := storetest.User(t, s).ID
	i := newInspector(s, keys, telemetry.NewCalls(prometheus.NewRegistry()), nil)
	if _, err := i.Inspect(t.Context(), user, magnet); models.AsError(err).Problem != models.ProblemNoAgent {
		t.Errorf("without agents: %v", err)
	}
	agent := storetest.Agent(t, s, 4)
	var answer func(http.ResponseWriter, agentapi.Inspect)
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+keys.AgentSecret(agent.ID) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var in agentapi.Inspect
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		answer(w, in)
	}))
	defer fake.Close()
	if _, err := s.Agents.BootAgent(t.Context(), agent.ID, fake.URL, 4, "test"); err != nil {
		t.Fatal(err)
	}
	manifest := func(m agentapi.Manifest) func(http.ResponseWriter, agentapi.Inspect) {
		return func(w http.ResponseWriter, _ agentapi.Inspect) { _ = json.NewEncoder(w).Encode(m) }
	}
	fault := func(status int, code string) func(http.ResponseWriter, agentapi.Inspect) {
		return func(w http.ResponseWriter, _ agentapi.Inspect) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(agentapi.Problem{Status: status, Code: code, Detail: "Told by the agent."})
		}
	}
	for name, c := range map[string]struct {
		src     models.Source
		answer  func(http.ResponseWriter, agentapi.Inspect)
		name    string
		code    models.Code
		problem models.Problem
	}{
		"magnet":                             {magnet, manifest(agentapi.Manifest{Metainfo: mine.Metainfo}), "mine", "", ""},
		"another torrent":                    {magnet, manifest(agentapi.Manifest{Metainfo: other.Metainfo}), "", models.CodeInternal, ""},
		"no torrent":                         {magnet, manifest(agentapi.Manifest{Metainfo: []byte("x")}), "", models.CodeInvalid, models.ProblemMalformedTorrent},
		"url":                                {link, manifest(agentapi.Manifest{Files: []agentapi.ManifestFile{{Path: "../../etc/passwd", Size: 7}}}), "passwd", "", ""},
		"url of a torrent":                   {link, manifest(agentapi.Manifest{Metainfo: mine.Metainfo, Files: make([]agentapi.ManifestFile, 2)}), "mine", "", ""},
		"url to a magnet":                    {link, manifest(agentapi.Manifest{Metainfo: mine.Metainfo, Magnet: magnet.URI}), "mine", "", ""},
		"url to a magnet of another torrent": {link, manifest(agentapi.Manifest{Metainfo: other.Metainfo, Magnet: magnet.URI}), "", models.CodeInternal, ""},
		"url to no magnet":                   {link, manifest(agentapi.Manifest{Metainfo: mine.Metainfo, Magnet: "magnet:?dn=x"}), "", models.CodeInvalid, models.ProblemMalformedMagnet},
		"url of no torrent":                  {link, manifest(agentapi.Manifest{Metainfo: []byte("d4:infod")}), "", models.CodeInvalid, models.ProblemMalformedTorrent},
		"two files":                          {link, manifest(agentapi.Manifest{Files: make([]agentapi.ManifestFile, 2)}), "", models.CodeInternal, ""},
		"private network":                    {link, fault(403, "blocked_address"), "", models.CodeBlocked, models.ProblemBlockedAddress},
		"unknown problem":                    {link, fault(500, "out_of_coffee"), "", models.CodeUnavailable, ""},
	} {
		answer = c.answer
		m, err := i.Inspect(t.Context(), user, c.src)
		if c.code == "" && (err != nil || m.Name != c.name || len(m.Files) != 1) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
		if c.code != "" && (models.CodeOf(err) != c.code || models.AsError(err).Problem != c.problem) {
			t.Errorf("%s: %v", name, err)
		}
	}
	signs := link
	signs.Login = &models.Login{User: "ann", Password: "s3cret"}
	answer = func(w http.ResponseWriter, in agentapi.Inspect) {
		if l := in.Source.Login; in.Source.URL != link.URI || l == nil || l.User != "ann" || l.Password != "s3cret" {
			t.Errorf("the agent got %+v", in.Source)
		}
		manifest(agentapi.Manifest{Files: []agentapi.ManifestFile{{Path: "x", Size: 7}}})(w, in)
	}
	if _, err := i.Inspect(t.Context(), user, signs); err != nil {
		t.Errorf("with a login: %v", err)
	}
	answer = func(_ http.ResponseWriter, in agentapi.Inspect) {
		if in.TimeoutSeconds > 5 {
			t.Errorf("the agent may take %d s of 5", in.TimeoutSeconds)
		}
	}
	limited, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, _ = i.Inspect(limited, user, link)
	fake.Close()
	if _, err := i.Inspect(t.Context(), user, link); models.AsError(err).Problem != models.ProblemAgentUnreachable {
		t.Errorf("an agent that is offline: %v", err)
	}
	if err := agentFault(context.DeadlineExceeded); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a spent deadline becomes %v", err)
	}
}
