package media_test

import (
	"testing"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func path(f models.File) string { return "/api/v1/files/" + f.ID.String() + "/media" }

// An owner learns what is in a film once a worker has read it; nobody else does.
func TestWhatIsInAFilm(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mkv": apitest.Pattern(1000)})
	f, ctx, work := files[0], t.Context(), h.Store.Worker().Media
	h.Run(t, apitest.Scenario{As: user, Path: path(f), Status: 200, Want: []string{`"state":"waiting"`, `"video":[]`, `"possible":false`}})
	h.Run(t, apitest.Scenario{As: other, Path: path(f), Status: 404})
	h.Run(t, apitest.Scenario{Path: path(f), Status: 401})
	m := storetest.Must[models.Media](t)(work.TryMedia(ctx, f.ID))
	m.State = models.MediaRead
	for second := range int64(540) {
		m.Keys = append(m.Keys, second*10_000_000)
	}
	m.Info = &models.MediaInfo{
		Container: "matroska", Duration: 5400, Video: []models.VideoTrack{{Codec: "h264", Codecs: "avc1.640028", Width: 1920, Height: 1080}},
		Audio:     []models.AudioTrack{{Index: 1, Codec: "ac3", Codecs: "ac-3", Channels: 6, Language: "en", Default: true}},
		Subtitles: []models.SubtitleTrack{{Index: 2, Codec: "subrip", Text: true}}, Chapters: []models.Chapter{{End: 300, Title: "Opening"}},
	}
	storetest.OK(t, work.EndMedia(ctx, m))
	h.Run(t, apitest.Scenario{As: user, Path: path(f), Status: 200, Want: []string{
		`"state":"read"`, `"duration":5400`, `"codecs":"avc1.640028"`, `"channels":6`, `"title":"Opening"`, `"text":true`, `"possible":true`,
	}})
	h.Run(t, apitest.Scenario{As: other, Path: path(f), Status: 404})
	h.Exec(`update media set keys = null`)
	h.Run(t, apitest.Scenario{As: user, Path: path(f), Status: 200, Want: []string{`"possible":false`, "no index"}})
	h.Exec(`update files set blocked = true`)
	h.Run(t, apitest.Scenario{As: user, Path: path(f), Status: 403, Want: []string{"blocked_content"}})
}

// A poster that a worker stored is the film's thumbnail.
func TestAPosterIsTheThumbnail(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"film.mkv": apitest.Pattern(1000), "notes.txt": []byte("x")})
	for _, f := range files {
		at := "/api/v1/files/" + f.ID.String() + "/thumbnail"
		h.Run(t, apitest.Scenario{As: user, Path: at, Status: 404})
		if f.Path == "notes.txt" {
			h.Run(t, apitest.Scenario{As: user, Path: path(f), Status: 200, Want: []string{`"state":"unreadable"`}})
			continue
		}
		storetest.Must[models.Thumbnail](t)(h.Store.Files.TryThumbnail(t.Context(), user.User.ID, f.ID))
		h.Storage.Put(models.ThumbnailKey(f.ID), []byte("a picture"))
		storetest.OK(t, h.Store.Files.EndThumbnail(t.Context(), user.User.ID, f.ID, models.ThumbnailMade))
		h.Run(t, apitest.Scenario{As: user, Path: at, Status: 200, Want: []string{"a picture"}})
	}
}
