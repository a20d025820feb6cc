package delivery_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/models"
)

const streamFrames = 500

// streaming is an API that streams, with the film of a user.
func streaming(t *testing.T) (*apitest.Harness, apitest.Caller, models.File) {
	t.Helper()
	h := apitest.New(t, apitest.Generous, func(_ *api.Config, d *api.Deps) { d.Films = newRunner(t) })
	user := h.Account(models.RoleUser)
	return h, user, filmOf(t, h, user)
}

func newRunner(t *testing.T) *tool.Runner {
	t.Helper()
	runner, err := tool.New(t.Context(), "ffmpeg", "ffprobe")
	if err != nil {
		t.Fatal(err)
	}
	return runner
}

// filmOf gives a user a film that is known.
func filmOf(t *testing.T, h *apitest.Harness, user apitest.Caller) models.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mkv")
	tooltest.Output(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25", "-f", "lavfi", "-i", "sine=r=48000", "-t", "20",
		"-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-bf", "2", "-g", "70", "-c:a", "ac3", "-ac", "6", path)
	film, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mkv": film})
	m := models.Media{FileID: files[0].ID, State: models.MediaRead, Info: &models.MediaInfo{
		Container: "matroska", Duration: 20, Video: []models.VideoTrack{{Codec: "h264", Codecs: "avc1.42c00b", Width: 160, Height: 90, FrameRate: 25}},
		Audio: []models.AudioTrack{{Index: 1, Codec: "ac3", Codecs: "ac-3", Channels: 6, SampleRate: 48000, Title: "Odd \"name\"\n#EXT", Language: "en"}},
	}}
	for line := range strings.Lines(string(tooltest.Output(t, "ffprobe", "-v", "error", "-select_streams", "v", "-show_packets", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", path))) {
		if at, flags, _ := strings.Cut(line, ","); strings.HasPrefix(flags, "K") {
			s, _ := strconv.ParseFloat(at, 64)
			m.Keys = append(m.Keys, int64(s*1e6))
		}
	}
	m.Info.Start = float64(m.Keys[0]) / 1e6
	know(t, h, m)
	return files[0]
}

// know notes what is known of a file.
func know(t *testing.T, h *apitest.Harness, m models.Media) {
	t.Helper()
	work := h.Store.Worker().Media
	if _, err := work.TryMedia(t.Context(), m.FileID); err != nil {
		t.Fatal(err)
	}
	if err := work.EndMedia(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

// streamLink returns the address of the film's playlist, and what it begins with.
func streamLink(t *testing.T, h *apitest.Harness, user apitest.Caller, f models.File) (link, base string) {
	t.Helper()
	link = apitest.DownloadLink(t, h, user, "/api/v1/files/"+f.ID.String()+"/stream", "")
	base, ok := strings.CutSuffix(link, "index.m3u8")
	if !ok || !strings.HasPrefix(link, h.FilesURL+"/h/") {
		t.Fatalf("the link is %q", link)
	}
	return link, base
}

// A player that knows nothing of us plays all of a film, and a place in it.
func TestAStreamPlays(t *testing.T) {
	t.Parallel()
	h, user, f := streaming(t)
	link, base := streamLink(t, h, user, f)
	resp, index := apitest.Fetch(t, h, "GET", link, map[string]string{"Origin": h.AppURL})
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/vnd.apple.mpegurl" || resp.Header.Get("Access-Control-Allow-Origin") != h.AppURL ||
		!strings.Contains(string(index), `NAME="Odd 'name' #EXT (1)"`) || !strings.Contains(string(index), `CODECS="avc1.42c00b,mp4a.40.2"`) {
		t.Fatalf("%d %v\n%s", resp.StatusCode, resp.Header, index)
	}
	out := string(tooltest.Output(t, "ffmpeg", "-v", "error", "-i", link, "-map", "0:v:0", "-map", "0:a:0", "-f", "framecrc", "-"))
	if video, audio := strings.Count("\n"+out, "\n0,"), strings.Count("\n"+out, "\n1,"); video != streamFrames || audio < 20*48000/1024 {
		t.Errorf("%d frames of video and %d of sound", video, audio)
	}
	_, init := apitest.Fetch(t, h, "GET", base+"video/init.mp4", nil)
	_, last := apitest.Fetch(t, h, "GET", base+"video/2.m4s", nil)
	alone := filepath.Join(t.TempDir(), "alone.mp4")
	if err := os.WriteFile(alone, append(init, last...), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(tooltest.Output(t, "ffmpeg", "-v", "error", "-i", alone, "-f", "framecrc", "-")), "\n0,"); n != 80 {
		t.Errorf("the last 3.2 seconds alone have %d frames", n)
	}
	for _, odd := range []string{
		"", "x", "video", "video/", "video/99.m4s", "video/01.m4s", "video/-1.m4s", "video/0.mp4", "video/0.m4s/x", "video/99999999999999999999.m4s",
		"audio-0/init.mp4", "audio-9/0.m4s", "audio-1/0.vtt", "audio-01.m3u8", "sub-1.m3u8", "sub-0/0.vtt", "index.m3u8/x", "../f",
	} {
		resp, body := apitest.Fetch(t, h, "GET", base+odd, nil)
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%q: status %d", odd, resp.StatusCode)
			continue
		}
		apitest.CheckProblem(t, resp, body)
	}
}

// What is sent counts, once and no more, whoever made it.
func TestStreamsCount(t *testing.T) {
	t.Parallel()
	h, user, f := streaming(t)
	link, base := streamLink(t, h, user, f)
	want := int64(0)
	for _, part := range []string{"index.m3u8", "video.m3u8", "audio-1.m3u8", "video/init.mp4", "video/1.m4s", "video/1.m4s", "audio-1/init.mp4", "audio-1/2.m4s"} {
		resp, body := apitest.Fetch(t, h, "GET", base+part, nil)
		if resp.StatusCode != 200 || resp.ContentLength != int64(len(body)) {
			t.Fatalf("%s: %d, %d of %d bytes", part, resp.StatusCode, len(body), resp.ContentLength)
		}
		want += int64(len(body))
	}
	apitest.Fetch(t, h, "HEAD", base+"video/1.m4s", nil)
	used(t, h, user, "streamed "+strconv.FormatInt(want, 10), func(got int64) bool { return got == want })
	apitest.GivePlan(t, h, user, models.Plan{BandwidthBytes: new(int64(1))})
	if resp, _ := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != http.StatusForbidden {
		t.Errorf("beyond the limit: %d", resp.StatusCode)
	}
}

// A stream ends with its link, its owner's account and its file, also where its
// parts are made already.
func TestStreamsEnd(t *testing.T) {
	t.Parallel()
	h, user, f := streaming(t)
	link, base := streamLink(t, h, user, f)
	other := h.Account(models.RoleUser)
	h.Run(t, apitest.Scenario{As: other, Method: "POST", Path: "/api/v1/files/" + f.ID.String() + "/stream", Status: http.StatusNotFound})
	check := func(what string, want int) {
		t.Helper()
		for _, part := range []string{link, base + "video.m3u8", base + "video/0.m4s"} {
			if resp, _ := apitest.Fetch(t, h, "GET", part, nil); resp.StatusCode != want {
				t.Errorf("%s: %d, want %d", what, resp.StatusCode, want)
			}
		}
	}
	check("at first", 200)
	token := strings.Split(link, "/")[4]
	if resp, _ := apitest.Fetch(t, h, "GET", h.FilesURL+"/f/"+token+"/film.mkv", nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the stream's token opens the file: %d", resp.StatusCode)
	}
	if strings.Contains(h.Log.String(), token) {
		t.Error("the log has a token")
	}
	h.Disable(user.User)
	check("disabled owner", http.StatusNotFound)
	h.Exec("update users set disabled_at = null")
	h.Exec("update files set blocked = true")
	if resp, _ := apitest.Fetch(t, h, "GET", base+"video/0.m4s", nil); resp.StatusCode == 200 {
		t.Error("a blocked film is streamed")
	}
	h.Exec("update files set blocked = false")
	check("again", 200)
	h.Storage.Remove(f.Key())
	if resp, body := apitest.Fetch(t, h, "GET", base+"video/1.m4s", nil); resp.StatusCode != http.StatusNotFound || !strings.Contains(string(body), `"file_lost"`) {
		t.Errorf("a lost film: %d %s", resp.StatusCode, body)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/links", Status: 204})
	check("revoked", http.StatusNotFound)
}
