package anacrolix_test

import (
	"net/netip"
	"testing"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/fetch"
	"longhaul/models"
)

func newEngine(testing.TB) engine.Engine {
	return anacrolix.New(anacrolix.Config{
		Network: fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))}),
		BindIP:  netip.MustParseAddr("127.0.0.1"),
	})
}

func spec(format enginetest.Format, files []enginetest.File) enginetest.TorrentSpec {
	name := "folder"
	if len(files) == 1 {
		name = files[0].Path
	}
	return enginetest.TorrentSpec{Format: format, Name: name, Files: files, PieceLength: 256 << 10}
}

// serve offers a torrent by a tracker and a seeder.
func serve(t testing.TB, s enginetest.TorrentSpec, corrupt, magnet bool) enginetest.Origin {
	t.Helper()
	tracker := enginetest.NewTracker(t)
	s.Trackers = []string{tracker.URL}
	made := enginetest.NewTorrent(s)
	o := enginetest.Origin{Source: engine.Source{Metainfo: made.Metainfo}, Files: made.Files, Served: func() int64 { return 0 }}
	if magnet {
		o.Source = engine.Source{Magnet: made.Magnet(tracker.URL)}
	}
	for _, f := range made.Files {
		if len(f.Data) > 0 {
			seeder := enginetest.NewSeeder(t, made, corrupt)
			tracker.Add("", seeder.Peer)
			o.Served = seeder.Served
			break
		}
	}
	return o
}

func setup(format enginetest.Format, magnet bool) enginetest.Setup {
	return enginetest.Setup{
		New: newEngine,
		Serve: func(t testing.TB, files []enginetest.File) enginetest.Origin {
			return serve(t, spec(format, files), false, magnet && len(files[0].Data) > 0)
		},
		Wrong: func(t testing.TB, files []enginetest.File) enginetest.Origin {
			return serve(t, spec(format, files), true, magnet)
		},
		Nobody: func(t testing.TB) engine.Source {
			made := enginetest.NewTorrent(spec(format, []enginetest.File{{Path: "x", Data: []byte("x")}}))
			return engine.Source{Magnet: made.Magnet(enginetest.NewTracker(t).URL)}
		},
		WrongProblems:  []models.Problem{models.ProblemNoPeers, models.ProblemStalled},
		NobodyProblems: []models.Problem{models.ProblemMetadataTimeout},
		Multi:          format == enginetest.V1,
		NoEmpty:        format != enginetest.V1, // see docs/adr/0002-torrent-engine.md
		Slack:          256 << 10,
	}
}

func TestConformanceV1(t *testing.T)     { enginetest.Run(t, setup(enginetest.V1, false)) }
func TestConformanceHybrid(t *testing.T) { enginetest.Run(t, setup(enginetest.Hybrid, false)) }
func TestConformanceV2(t *testing.T)     { enginetest.Run(t, setup(enginetest.V2, false)) }
func TestConformanceMagnet(t *testing.T) { enginetest.Run(t, setup(enginetest.V1, true)) }
