package anacrolix_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/source"
	"longhaul/models"
)

// web serves the files of a torrent as a web seed does: a single file at its
// address, others under the torrent's name.
func web(t *testing.T, host string, made enginetest.Torrent, name string, hits *atomic.Int64) string {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		for _, f := range made.Files {
			if !f.Pad && (r.URL.Path == "/"+name+"/"+f.Path || (len(made.Files) == 1 && r.URL.Path == "/"+f.Path)) {
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
				return
			}
		}
		http.NotFound(w, r)
	})}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "http://" + l.Addr().String() + "/"
}

// seeded returns the torrent with web seeds and no trackers.
func seeded(t testing.TB, made enginetest.Torrent, seeds ...string) engine.Source {
	t.Helper()
	src, _, err := source.ParseTorrent(made.Metainfo)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(src.Metainfo, []byte("4:info"))
	var list strings.Builder
	for _, s := range seeds {
		fmt.Fprintf(&list, "%d:%s", len(s), s)
	}
	b := append([]byte("d4:info"), rest[:len(rest)-1]...)
	return engine.Source{Metainfo: append(b, "8:url-listl"+list.String()+"ee"...)}
}

func all(made enginetest.Torrent) (chosen []int) {
	for i, f := range made.Files {
		if !f.Pad {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

var padded = []enginetest.File{
	{Path: "a #1+?.bin", Data: enginetest.Data(1, 100_000)},
	{Path: ".pad/31072", Data: make([]byte, 31_072), Pad: true},
	{Path: "ü/two", Data: enginetest.Data(2, 700_000)},
	{Path: "empty"},
	{Path: "three", Data: enginetest.Data(3, 5)},
}

// TestWebSeedsAlone downloads torrents that have no trackers and no peers.
func TestWebSeedsAlone(t *testing.T) {
	t.Parallel()
	one := []enginetest.File{{Path: "film é.mkv", Data: enginetest.Data(9, 1_000_003)}}
	for name, s := range map[string]struct {
		format enginetest.Format
		files  []enginetest.File
		slash  bool
	}{
		"v1 folder":                 {enginetest.V1, padded, true},
		"v1 folder without slash":   {enginetest.V1, padded, false},
		"v1 file":                   {enginetest.V1, one, true},
		"v1 file at its address":    {enginetest.V1, one, false},
		"hybrid folder":             {enginetest.Hybrid, nested, true},
		"hybrid file":               {enginetest.Hybrid, one, true},
		"hybrid file, its address":  {enginetest.Hybrid, one, false},
		"v2 folder":                 {enginetest.V2, nested, true},
		"v2 file at its address":    {enginetest.V2, one, false},
		"hybrid with an empty file": {enginetest.Hybrid, slices.Concat(nested, []enginetest.File{{Path: "a/none"}}), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			title := "folder ü"
			if len(s.files) == 1 {
				title = s.files[0].Path
			}
			made := enginetest.NewTorrent(enginetest.TorrentSpec{Format: s.format, Name: title, Files: s.files, PieceLength: 64 << 10})
			var hits atomic.Int64
			url := web(t, "127.0.0.1", made, title, &hits)
			switch {
			case !s.slash && len(s.files) == 1:
				url += "film%20%C3%A9.mkv"
			case !s.slash:
				url = strings.TrimSuffix(url, "/")
			}
			same(t, fetchAll(t, newEngine(t), seeded(t, made, url), made, all(made)...), made)
			if hits.Load() == 0 {
				t.Error("the web seed was not asked")
			}
		})
	}
}

// TestWebSeedsOfEveryPieceLength asks web seeds for small pieces, for large ones
// and for lengths that are no power of two.
func TestWebSeedsOfEveryPieceLength(t *testing.T) {
	t.Parallel()
	files := []enginetest.File{{Path: "a", Data: enginetest.Data(1, 5_000_011)}, {Path: "b", Data: enginetest.Data(2, 7_300_000)}}
	for _, length := range []int{4 << 10, 17_000, 1 << 20, 5_000_000, 8 << 20} {
		var hits atomic.Int64
		made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: files, PieceLength: length})
		same(t, fetchAll(t, newEngine(t), seeded(t, made, web(t, "127.0.0.1", made, "folder", &hits)), made, 0, 1), made)
	}
}

// TestWebSeedWithoutRanges downloads from a server that always sends all.
func TestWebSeedWithoutRanges(t *testing.T) {
	t.Parallel()
	one := []enginetest.File{{Path: "film.mkv", Data: enginetest.Data(9, 3_000_003)}}
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "film.mkv", Files: one, PieceLength: 64 << 10})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(one[0].Data) // the client leaves when it has what it wants
	}))
	t.Cleanup(srv.Close)
	same(t, fetchAll(t, newEngine(t), seeded(t, made, srv.URL+"/some/where"), made, 0), made)
}

// TestHostileWebSeedsCostOnlyThemselves has web seeds that lie, never end,
// answer with faults or send elsewhere, beside one that is right.
func TestHostileWebSeedsCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	var secret, good atomic.Int64
	private := web(t, "127.0.0.1", made, "folder", &secret) // not allowed by the guard
	right := web(t, "127.0.0.2", made, "folder", &good)
	for name, h := range map[string]http.HandlerFunc{
		"wrong bytes": func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(make([]byte, 2_000_000)))
		},
		"an endless body": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusPartialContent)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		},
		"a redirect to a private address": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, private+strings.TrimPrefix(r.URL.Path, "/"), http.StatusFound)
		},
		"a redirect to metadata": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		},
		"faults":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"nothing": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"no ranges": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(make([]byte, 1_000_000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.2:0")
			if err != nil {
				t.Fatal(err)
			}
			srv := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
			srv.Start()
			t.Cleanup(srv.CloseClientConnections)
			t.Cleanup(srv.Close)
			cfg := config("127.0.0.2/32")
			cfg.BindIP = cfg.BindIP.Next() // 127.0.0.2
			src := seeded(t, made, srv.URL+"/", right, private)
			same(t, fetchAll(t, anacrolix.New(cfg), src, made, 0, 1, 2, 3), made)
			if n := secret.Load(); n > 0 {
				t.Errorf("a private address got %d requests", n)
			}
		})
	}
}

// TestWebSeedsKeepToTheGuard downloads nothing from an address that is not
// allowed, and says that nothing came.
func TestWebSeedsKeepToTheGuard(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	var hits atomic.Int64
	url := web(t, "127.0.0.1", made, "folder", &hits)
	_, err := tryFetch(t, anacrolix.New(config()), seeded(t, made, url), made, 2*time.Second, 0)
	var fault *models.Error
	if !errors.As(err, &fault) || fault.Problem != models.ProblemNoPeers || hits.Load() > 0 {
		t.Errorf("%v, %d requests", err, hits.Load())
	}
}

// TestMagnetWithWebSeed gets the metadata of a peer that has nothing else, and
// the content of the web seed.
func TestMagnetWithWebSeed(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	corrupt := enginetest.NewSeeder(t, made, true)
	var hits atomic.Int64
	magnet := "magnet:?xt=urn:btih:" + made.InfoHashV1 + "&ws=" + web(t, "127.0.0.1", made, "folder", &hits) + "&x.pe=" + corrupt.Peer.String()
	same(t, fetchAll(t, newEngine(t), engine.Source{Magnet: magnet}, made, 0, 1, 2, 3), made)
}

// TestEmptyFilesInHybrids downloads v2 and hybrid torrents with empty files from
// a peer of another make, which knows them by their own hashes, from the torrent
// and from a magnet.
func TestEmptyFilesInHybrids(t *testing.T) {
	t.Parallel()
	files := slices.Concat(nested, []enginetest.File{{Path: "a/none"}, {Path: "zero"}, {Path: "0"}})
	for name, format := range map[string]enginetest.Format{"hybrid": enginetest.Hybrid, "v2": enginetest.V2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer, dir := enginetest.NewQBittorrent(t), t.TempDir()
			tracker := enginetest.NewTracker(t, peer.Peer)
			made := enginetest.NewTorrent(enginetest.TorrentSpec{
				Format: format, Name: "folder", Files: files, PieceLength: 64 << 10, Trackers: []string{tracker.URL},
			})
			for _, f := range made.Files {
				to := filepath.Join(dir, "folder", filepath.FromSlash(f.Path))
				if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, f.Data, 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			peer.Add(t, made.Metainfo, dir, true)
			peer.AwaitComplete(t)
			magnet := engine.Source{Magnet: made.Magnet(tracker.URL)}
			m, err := newEngine(t).Resolve(t.Context(), magnet, engine.Options{ResolveTimeout: deadline})
			if err != nil || len(m.Files) != len(files) {
				t.Fatalf("%+v, %v", m, err)
			}
			same(t, fetchAll(t, newEngine(t), engine.Source{Metainfo: m.Metainfo}, made, all(made)...), made)
			same(t, fetchAll(t, newEngine(t), magnet, made, all(made)...), made)
		})
	}
}

// TestOddTorrents downloads what the library alone can't read.
func TestOddTorrents(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	var hits atomic.Int64
	odd := bytes.Replace(made.Metainfo, []byte("12:piece lengthi65536e"), []byte("12:piece lengthi0065536e12:piece lengthi1e"), 1)
	twice := enginetest.Torrent{Metainfo: odd, Files: made.Files}
	same(t, fetchAll(t, newEngine(t), seeded(t, twice, web(t, "127.0.0.1", made, "folder", &hits)), made, 0, 1, 2, 3), made)
}

// TestSmallPieces downloads pieces that are smaller than a block.
func TestSmallPieces(t *testing.T) {
	t.Parallel()
	for _, length := range []int{1 << 10, 4 << 10, 17_000} {
		tracker := enginetest.NewTracker(t)
		made := enginetest.NewTorrent(enginetest.TorrentSpec{
			Name: "folder", Files: nested, PieceLength: length, Trackers: []string{tracker.URL},
		})
		tracker.Add("", enginetest.NewSeeder(t, made, false).Peer)
		same(t, fetchAll(t, newEngine(t), engine.Source{Metainfo: made.Metainfo}, made, 0, 2, 3), made)
	}
}

// TestPeersOfMagnets connects to peers that a link names, by address and by
// name, and to none that is not allowed.
func TestPeersOfMagnets(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	peer := enginetest.NewSeeder(t, made, false).Peer
	for _, host := range []string{"127.0.0.1", "localhost"} {
		magnet := fmt.Sprintf("magnet:?xt=urn:btih:%s&x.pe=%s:%d", made.InfoHashV1, host, peer.Port())
		same(t, fetchAll(t, newEngine(t), engine.Source{Magnet: magnet}, made, 1), made)
		ctx, cancel := context.WithTimeout(t.Context(), deadline)
		defer cancel()
		_, err := anacrolix.New(config("127.0.0.9/32")).Resolve(ctx, engine.Source{Magnet: magnet}, engine.Options{ResolveTimeout: time.Second})
		var fault *models.Error
		if !errors.As(err, &fault) || fault.Problem != models.ProblemMetadataTimeout {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// TestTrackersNamePeersByHost reaches a peer that a tracker names by its host,
// through the guard: one that it does not allow is not connected to.
func TestTrackersNamePeersByHost(t *testing.T) {
	t.Parallel()
	made := enginetest.NewTorrent(enginetest.TorrentSpec{Name: "folder", Files: nested, PieceLength: 64 << 10})
	peer := enginetest.NewSeeder(t, made, false).Peer
	asked := make(chan struct{}, 100)
	tracker := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "d8:intervali60e5:peersld2:ip9:localhost4:porti%dee7:garbaged2:ip1:x4:porti0eed2:ip3:a b4:porti6881eeee\n", peer.Port())
		asked <- struct{}{}
	}))
	t.Cleanup(tracker.Close)
	magnet := engine.Source{Magnet: made.Magnet(tracker.URL + "/announce?passkey=x")}
	same(t, fetchAll(t, newEngine(t), magnet, made, 1), made)
	<-asked
	_, err := anacrolix.New(config("127.0.0.2/32")).Resolve(t.Context(), magnet, engine.Options{ResolveTimeout: time.Second})
	var fault *models.Error
	if !errors.As(err, &fault) || fault.Problem != models.ProblemMetadataTimeout {
		t.Errorf("%v", err)
	}
}

// webOrigin is a torrent that only a web seed has. A wrong one sends another
// byte in every answer.
func webOrigin(t testing.TB, files []enginetest.File, wrong bool) enginetest.Origin {
	t.Helper()
	s := spec(enginetest.V1, files)
	made := enginetest.NewTorrent(s)
	var served atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, f := range made.Files {
			if r.URL.Path == "/"+s.Name+"/"+f.Path || (len(files) == 1 && r.URL.Path == "/"+f.Path) {
				data := f.Data
				if wrong {
					data = bytes.Repeat([]byte{1}, len(data))
				}
				http.ServeContent(counting{w, &served}, r, "", time.Time{}, bytes.NewReader(data))
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(srv.CloseClientConnections)
	t.Cleanup(srv.Close)
	return enginetest.Origin{Source: seeded(t, made, srv.URL+"/"), Files: made.Files, Served: served.Load}
}

type counting struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c counting) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// TestConformanceWebSeed holds torrents that only a web seed has to the rules of
// all engines: speed limits, resuming, selections, wrong bytes.
func TestConformanceWebSeed(t *testing.T) {
	s := setup(enginetest.V1, false)
	s.Serve = func(t testing.TB, files []enginetest.File) enginetest.Origin { return webOrigin(t, files, false) }
	s.Wrong = func(t testing.TB, files []enginetest.File) enginetest.Origin { return webOrigin(t, files, true) }
	s.Slack = 8 << 20 // what is fetched ahead of what is asked for
	enginetest.Run(t, s)
}
