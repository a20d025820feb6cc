package jobs_test

import (
	"strings"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// pair is a private torrent of two files, as an agent reports it for an address.
func pair(t *testing.T, name, magnet string) models.Manifest {
	t.Helper()
	info := "d5:filesld6:lengthi3e4:pathl5:a.bineed6:lengthi4e4:pathl5:b.bineee4:name" +
		string(rune('0'+len(name))) + ":" + name + "12:piece lengthi16384e6:pieces20:" + strings.Repeat("p", 20) + "7:privatei1ee"
	torrent := source.BuildTorrent([]byte(info), [][]string{{"http://tracker.example/announce"}}, nil)
	_, m, err := source.ParseTorrent(torrent)
	storetest.OK(t, err)
	if magnet != "" {
		magnet += m.InfoHashV1
	}
	got := agentapi.Manifest{Metainfo: torrent, Magnet: magnet}
	return storetest.Must[models.Manifest](t)(source.Reported(models.Source{Kind: models.SourceURL}, got))
}

const leadAddress = "https://files.example.com/get/payload.torrent?key=1"

func submitLogin(t *testing.T, b *storetest.World, address string) models.Job {
	t.Helper()
	job, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{
		UserID: b.User.ID, Source: models.Source{Kind: models.SourceURL, URI: address, Name: "payload.torrent"}, SealedLogin: "sealed",
	})
	storetest.OK(t, err)
	return job
}

func TestAnAddressBecomesItsTorrentsJob(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		magnet string
		kind   models.SourceKind
		choice []int
	}{
		"torrent":              {"", models.SourceTorrent, nil},
		"magnet":               {"magnet:?xt=urn:btih:", models.SourceMagnet, nil},
		"magnet with a choice": {"magnet:?so=1&xt=urn:btih:", models.SourceMagnet, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ctx := storetest.NewWorld(t), t.Context()
			job := submitLogin(t, b, leadAddress)
			if src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID)); src.Sealed != "sealed" || src.Owner != b.User.ID || src.Origin != "" {
				t.Errorf("before: %+v", src)
			}
			m := pair(t, "pair", c.magnet)
			for range 2 { // the second time changes nothing
				storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, m))
			}
			got := b.Job(t, job.ID)
			if got.SourceKind != c.kind || got.OriginURI != leadAddress || got.Address() != leadAddress || got.SourceLogin != "" || !got.Private || got.Name != "pair" {
				t.Errorf("the job is %+v", got)
			}
			if got.InfoHashV1 == nil || *got.InfoHashV1 != m.InfoHashV1 || len(got.Selection) != len(c.choice) || got.FileCount != 2-len(c.choice) {
				t.Errorf("info hash %v, %d files, choice %v", got.InfoHashV1, got.FileCount, got.Selection)
			}
			src := storetest.Must[models.Source](t)(b.W.Jobs.Source(ctx, job.ID))
			if string(src.Metainfo) != string(m.Metainfo) || src.Origin != leadAddress || (src.URI != "") != (c.magnet != "") {
				t.Errorf("the source is %+v", src)
			}
			if !got.Fits(models.ProviderSeedr) {
				t.Error("it can't move to Seedr as torrents can")
			}
			if kind := storetest.Must[models.Job](t)(b.Jobs.Job(ctx, b.User.ID, submitLogin(t, b, leadAddress+"&again=1").ID)).SourceKind; kind != models.SourceURL {
				t.Errorf("a new job of the address is a %s", kind)
			}
		})
	}
}

// TestALeadIsCheckedAsASubmitIs refuses at the manifest what a submit of the torrent
// refuses.
func TestALeadIsCheckedAsASubmitIs(t *testing.T) {
	t.Parallel()
	off := func(f models.Flag) func(*testing.T, *storetest.World, models.Manifest) {
		return func(t *testing.T, b *storetest.World, _ models.Manifest) {
			storetest.OK(t, b.Flags.SetFlag(t.Context(), b.Admin(), models.FlagChange{Flag: f, FlagTarget: models.FlagTarget{UserID: &b.User.ID}, Enabled: new(false), Reason: "x"}))
		}
	}
	for name, c := range map[string]struct {
		magnet  string
		before  func(*testing.T, *storetest.World, models.Manifest)
		problem models.Problem
	}{
		"torrents are off":       {"", off(models.FlagTorrentJobs), models.ProblemFeatureOff},
		"magnets are off":        {"magnet:?xt=urn:btih:", off(models.FlagMagnetJobs), models.ProblemFeatureOff},
		"only magnets are off":   {"", off(models.FlagMagnetJobs), ""},
		"only addresses are off": {"", off(models.FlagURLJobs), ""},
		"the torrent is blocked": {"", func(t *testing.T, b *storetest.World, m models.Manifest) { block(t, b, m.InfoHashV1) }, models.ProblemBlockedContent},
		"the magnet is blocked": {"magnet:?xt=urn:btih:", func(t *testing.T, b *storetest.World, m models.Manifest) {
			block(t, b, m.InfoHashV1)
		}, models.ProblemBlockedContent},
		"the address is blocked meanwhile": {"", func(t *testing.T, b *storetest.World, _ models.Manifest) { block(t, b, "example.com/get") }, models.ProblemBlockedContent},
		"a job for the same content": {"", func(t *testing.T, b *storetest.World, m models.Manifest) {
			_, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: b.User.ID, Source: models.Source{Kind: models.SourceTorrent, InfoHashV1: m.InfoHashV1, Metainfo: m.Metainfo}})
			storetest.OK(t, err)
		}, models.ProblemDuplicateJob},
		"another user's job for it": {"", func(t *testing.T, b *storetest.World, m models.Manifest) {
			_, _, err := b.Jobs.SubmitJob(t.Context(), models.NewJob{UserID: b.Evil.ID, Source: models.Source{Kind: models.SourceTorrent, InfoHashV1: m.InfoHashV1, Metainfo: m.Metainfo}})
			storetest.OK(t, err)
		}, ""},
		"more than the plan has room for": {"", func(t *testing.T, b *storetest.World, _ models.Manifest) {
			b.Plan(t, models.Plan{StorageBytes: new(int64(5))})
		}, models.ProblemQuotaExceeded},
		"more files than the plan allows": {"", func(t *testing.T, b *storetest.World, _ models.Manifest) {
			b.Plan(t, models.Plan{MaxFiles: new(1)})
		}, models.ProblemQuotaExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, ctx := storetest.NewWorld(t), t.Context()
			m := pair(t, "pair", c.magnet)
			job := submitLogin(t, b, leadAddress)
			c.before(t, b, m)
			err := b.W.Jobs.SaveManifest(ctx, job.ID, m)
			if c.problem == "" {
				storetest.OK(t, err)
				return
			}
			storetest.WantProblem(t, err, c.problem)
			if got := b.Job(t, job.ID); got.SourceKind != models.SourceURL || got.OriginURI != "" || got.FileCount != 0 {
				t.Errorf("the refused job is %+v", got)
			}
		})
	}
}

// TestABlockOfAnAddressCoversWhatItLedTo marks jobs by the address that they came
// from, whatever they are by now.
func TestABlockOfAnAddressCoversWhatItLedTo(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	job := submitLogin(t, b, leadAddress)
	storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, pair(t, "pair", "")))
	other := submitLogin(t, b, "https://elsewhere.example.org/get/payload.torrent")
	block(t, b, "files.example.com/get")
	if got := b.Job(t, job.ID); !got.Blocked {
		t.Error("the job that came from the address isn't blocked")
	}
	if got := b.Job(t, other.ID); got.Blocked {
		t.Error("a job from elsewhere is blocked")
	}
}
