package delivery

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/media/hls"
	"longhaul/internal/token"
	"longhaul/models"
)

// PathStream is where the parts of a stream are, on the files origin.
const PathStream = "/h/:token/*part"

const typePlaylist = "application/vnd.apple.mpegurl"

// Media tells what is known of media files.
type Media interface {
	// Media returns what is known of the user's file; not_found is nothing.
	Media(ctx context.Context, userID, fileID uuid.UUID) (models.Media, error)
}

// streamHandlers stream films that browsers can't play as they are.
type streamHandlers struct {
	*deliveryHandlers
	streams *hls.Service
}

func (h *streamHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "stream-file", Method: http.MethodPost, Path: "/api/v1/files/{id}/stream", Tags: []string{tagFiles},
		Summary:     "Create a link that streams a media file",
		Description: "The link is an HLS playlist. It works without a session until it expires, and is revoked with the file's link for viewing.",
	}, h.link)
}

type streamInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *streamHandlers) link(ctx context.Context, in *streamInput) (*linkOutput, error) {
	f, err := h.store.File(ctx, kit.Caller(ctx).ID, in.ID)
	if err == nil {
		err = linkable(f)
	}
	if err != nil {
		return nil, err
	}
	if _, err := h.film(ctx, f); err != nil {
		return nil, err
	}
	link, err := h.signer.stream(ctx, f)
	if err != nil {
		return nil, err
	}
	return &linkOutput{Body: link}, nil
}

// film returns what is to be streamed, or why it can't be.
func (h *streamHandlers) film(ctx context.Context, f models.File) (hls.Film, error) {
	m, err := h.store.Media(ctx, f.UserID, f.ID)
	if err != nil && !models.IsNotFound(err) {
		return hls.Film{}, err
	}
	if why := h.streams.Possible(m); why != "" {
		return hls.Film{}, models.Errorf(models.CodeConflict, "%s", why)
	}
	return hls.Film{File: f, Info: m.Info, Keys: m.Keys}, nil
}

// serve serves one part of a stream. The link is asked on each request, as it is
// for the file.
func (h *streamHandlers) serve(c *gin.Context) {
	ctx := c.Request.Context()
	h.allowApp(c)
	g, f, ok := h.linked(c, token.PurposeStream)
	if !ok {
		return
	}
	e := errand{owner: g.userID, still: h.stillLinked(ctx, g)}
	p, err := h.filmPart(c, f, e, false)
	if err != nil {
		h.refuse(c, err)
		return
	}
	defer p.body.Close()
	h.sendPart(c, f, p, e)
}

// shared serves one part of a stream to a visitor of a share, who is counted and
// refused as for the file itself.
func (h *streamHandlers) shared(c *gin.Context) {
	h.allowApp(c)
	g, f, ok := h.visited(c, token.PurposeSharedStream)
	if !ok {
		return
	}
	e := errand{owner: f.UserID, guest: true, still: h.stillShared(c.Request.Context(), g)}
	p, err := h.filmPart(c, f, e, true)
	if err != nil {
		h.refuseVisitor(c, err)
		return
	}
	defer p.body.Close()
	h.sendPart(c, f, p, e)
}

// filmPart finds or makes what the path of a request names.
func (h *streamHandlers) filmPart(c *gin.Context, f models.File, e errand, visited bool) (streamPart, error) {
	ctx := c.Request.Context()
	film, err := h.film(ctx, f)
	if err != nil {
		return streamPart{}, err
	}
	film.Visited = visited
	p, err := h.part(ctx, film, c.Param("part"))
	if errors.Is(err, hls.ErrStorage) {
		err = e.storageFault(f.ID, err)
	}
	return p, err
}

// streamPart is what a request is for.
type streamPart struct {
	body *hls.Part
	kind string
}

// noPart is the fault of a path that names nothing.
func noPart() error { return models.Errorf(models.CodeNotFound, "This stream has no such part.") }

// part finds or makes what a path names.
func (h *streamHandlers) part(ctx context.Context, f hls.Film, path string) (streamPart, error) {
	folder, name, nested := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !nested {
		body, err := playlist(f, folder)
		return streamPart{hls.Whole(body), typePlaylist}, err
	}
	kind, track, err := trackOf(folder)
	if err != nil {
		return streamPart{}, err
	}
	number, ending, _ := strings.Cut(name, ".")
	n, err := strconv.ParseUint(number, 10, 31)
	init := name == "init.mp4"
	if !init && (err != nil || strconv.FormatUint(n, 10) != number) {
		return streamPart{}, noPart()
	}
	var body *hls.Part
	switch {
	case kind == "video" && init:
		body, err = h.streams.VideoInit(ctx, f)
	case kind == "video" && ending == "m4s":
		body, err = h.streams.Video(ctx, f, int(n))
	case kind == "audio" && init:
		body, err = h.streams.AudioInit(ctx, f, track)
	case kind == "audio" && ending == "m4s":
		body, err = h.streams.Audio(ctx, f, track, int(n))
	case kind == "sub" && ending == "vtt":
		body, err = h.streams.Text(ctx, f, track, int(n))
		return streamPart{body, "text/vtt; charset=utf-8"}, err
	default:
		return streamPart{}, noPart()
	}
	return streamPart{body, kindType(kind)}, err
}

func kindType(kind string) string {
	if kind == "audio" {
		return "audio/mp4"
	}
	return "video/mp4"
}

// playlist returns the playlist of a name.
func playlist(f hls.Film, name string) ([]byte, error) {
	folder, ok := strings.CutSuffix(name, ".m3u8")
	if !ok {
		return nil, noPart()
	}
	if folder == "index" {
		return hls.Index(f), nil
	}
	kind, track, err := trackOf(folder)
	switch {
	case err != nil:
		return nil, err
	case kind == "audio":
		return hls.AudioList(f, track)
	case kind == "sub":
		return hls.TextList(f, track)
	default:
		return hls.VideoList(f), nil
	}
}

// trackOf reads "video", "audio-1" or "sub-2".
func trackOf(folder string) (kind string, track int, err error) {
	if folder == "video" {
		return folder, 0, nil
	}
	kind, number, _ := strings.Cut(folder, "-")
	n, err := strconv.ParseUint(number, 10, 31)
	if err != nil || kind != "audio" && kind != "sub" || strconv.FormatUint(n, 10) != number {
		return "", 0, noPart()
	}
	return kind, int(n), nil
}

// sendPart sends a part, counted as the owner's bandwidth.
func (h *streamHandlers) sendPart(c *gin.Context, f models.File, p streamPart, e errand) {
	header := c.Writer.Header()
	header.Set("Content-Type", p.kind)
	header.Set("Content-Disposition", "inline")
	header.Set("Cache-Control", "private, no-cache")
	out := h.writer(c.Request.Context(), c, e)
	out.file = f.ID
	http.ServeContent(out, c.Request, "", time.Time{}, p.body)
	if out.refused != nil {
		kit.InfoOf(c.Request.Context()).Err = out.refused
		panic(http.ErrAbortHandler) // the client must see that bytes are missing
	}
}
