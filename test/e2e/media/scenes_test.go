//go:build e2e

package media

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
	"longhaul/test/harness"
)

// TestSubtitlesAndSound uploads subtitles in Windows-1252, moves them and those inside
// the film by tenths of a second, and takes another sound track. The next film begins
// with the languages that were chosen.
func TestSubtitlesAndSound(t *testing.T) {
	const lines = "1\n00:00:20,000 --> 00:00:22,000\nInside at 20\n\n2\n00:01:02,000 --> 00:01:04,000\nInside at 62\n"
	var pages []page
	source := harness.NewSource(t)
	for _, name := range []string{"talk.mkv", "talk-2.mkv"} {
		codecs := h264 + "-map 1 -c:a ac3 -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger -c:s srt -metadata:s:s:0 language=eng"
		content := film(t, name, 80, codecs, write(t, "inside.srt", lines))
		job, err := stack.Client.SubmitURI(t.Context(), source.Add(name, content, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, page{name, opened(t, job.ID)})
	}
	saw := watch[seen](t, "talk", pages)
	if len(saw) != 1 || saw[0].Sound == 0 {
		t.Errorf("the browser saw %+v", saw)
	}
}

// TestAlbumAndPhotos plays an album to its end without a hand, and shows photos one
// after the other.
func TestAlbumAndPhotos(t *testing.T) {
	var files []harness.TorrentFile
	for _, name := range []string{"01.mp3", "02.flac", "03.mp3"} {
		files = append(files, harness.TorrentFile{Path: []string{"Songs", name}, Content: tone(t, name, 4)})
	}
	for _, name := range []string{"1.jpg", "2.jpg", "3.jpg"} {
		photo := ffmpeg(t, filepath.Join(t.TempDir(), name), nil, strings.Fields("-v error -y -f lavfi -i testsrc2=s=640x360 -frames:v 1"))
		files = append(files, harness.TorrentFile{Path: []string{"Photos", name}, Content: photo})
	}
	swarm := harness.Seed(t, harness.Torrent{Name: "Summer", Files: files})
	job, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	stack.Client.WaitState(t, job.ID, "ready", time.Minute)
	pages := map[string][]page{}
	for _, f := range stack.Client.Files(t, job.ID) {
		folder, name := filepath.Split(f.Path)
		folder = filepath.Base(folder)
		pages[folder] = append(pages[folder], page{name, stack.Client.Base + "/jobs/" + job.ID + "/play/" + f.ID})
	}
	saw := watch[struct {
		Name    string `json:"name"`
		Sound   int    `json:"sound"`
		InPlace bool   `json:"inPlace"` // the page was not loaded again
	}](t, "album", pages["Songs"])
	if len(saw) != 3 {
		t.Fatalf("the browser saw %+v", saw)
	}
	for _, s := range saw {
		if s.Sound == 0 || !s.InPlace {
			t.Errorf("the browser saw %+v", s)
		}
	}
	shown := watch[struct {
		Paused bool `json:"paused"` // it stayed when told to
	}](t, "slides", pages["Photos"])
	if len(shown) != 1 || !shown[0].Paused {
		t.Errorf("the slide show did %+v", shown)
	}
}

// TestLostWhileItPlays takes a film out of storage while it plays: the page says that it
// was lost, not that somebody deleted it.
func TestLostWhileItPlays(t *testing.T) {
	job, err := stack.Client.SubmitURI(t.Context(), harness.NewSource(t).Add("lost.mkv", film(t, "lost.mkv", 100, h264+"-c:a ac3"), true), nil)
	if err != nil {
		t.Fatal(err)
	}
	address := opened(t, job.ID)
	file := models.File{JobID: uuid.MustParse(job.ID), ID: uuid.MustParse(stack.Client.Files(t, job.ID)[0].ID)}
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := stack.Objects.Delete(r.Context(), file.Key()); err != nil {
			t.Errorf("take the film out of storage: %v", err)
		}
	}))
	defer thief.Close()
	watch[struct{}](t, "deleted", []page{{Name: thief.URL, URL: address}}, "It is no longer in storage.")
}
