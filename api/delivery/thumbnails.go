package delivery

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/thumbnail"
	"longhaul/internal/token"
	"longhaul/models"
)

// PathThumbnail is where visitors of shares get thumbnails, on the files origin.
const PathThumbnail = "/t/:token/:index"

// thumbnailPolicy is the Content-Security-Policy of thumbnails on the app's origin.
const thumbnailPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

// thumbnailHandlers serve thumbnails: to owners from the app's origin, which is
// safe because each is an image of our own making, and to visitors of shares from
// the files origin. They cost no bandwidth.
type thumbnailHandlers struct {
	store  Store
	maker  *thumbnail.Maker
	signer *linkSigner
	limits kit.Limiter
	app    string // origin whose scripts may read why there is none
}

func (h *thumbnailHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-thumbnail", Method: http.MethodGet, Path: "/api/v1/files/{id}/thumbnail", Tags: []string{tagFiles},
		Summary: "The thumbnail of a photo", Description: "A JPEG of at most 400 pixels. It is made when it is first asked for.",
		Responses: map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{
			thumbnail.ContentType: {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}}},
	}, h.own)
}

type thumbnailInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (h *thumbnailHandlers) own(ctx context.Context, in *thumbnailInput) (*huma.StreamResponse, error) {
	f, err := h.store.File(ctx, kit.Caller(ctx).ID, in.ID)
	if err == nil && f.Blocked {
		err = kit.BlockedContent()
	}
	if err != nil {
		return nil, err
	}
	body, err := h.get(ctx, f)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		c := kit.GinOf(hc)
		c.Writer.Header().Set("Content-Security-Policy", thumbnailPolicy)
		sendThumbnail(c, f, body)
	}}, nil
}

// shared serves the thumbnail of a file of a share. The share is asked on each
// request, as it is for the file.
func (h *thumbnailHandlers) shared(c *gin.Context) {
	ctx := c.Request.Context()
	allowOrigin(c, h.app, "Retry-After")
	f, err := h.visited(ctx, c.Param("token"), c.Param("index"))
	var body []byte
	if err == nil {
		body, err = h.get(ctx, f)
	}
	if err != nil {
		kit.Abort(c, err)
		return
	}
	sendThumbnail(c, f, body)
}

// visited returns the file of a visitor's address.
func (h *thumbnailHandlers) visited(ctx context.Context, value, index string) (models.File, error) {
	if err := h.limits.Allow(ctx, kit.LimitThumbnail, kit.InfoOf(ctx).IP); err != nil {
		return models.File{}, err
	}
	payload, _, err := h.signer.keys.Verify(token.PurposeThumbnails, value, h.signer.now())
	if err != nil || len(payload) != sharedSize {
		return models.File{}, goneLink().Because(err)
	}
	ref, err := strconv.ParseUint(index, 10, 52)
	if err != nil {
		return models.File{}, goneLink().Because(err)
	}
	visit := sharedGrantOf(payload).visit
	position, at := models.SharedPlace(int64(ref))
	f, err := h.store.SharedFile(ctx, visit.ShareID, position, at)
	if err == nil {
		f, err = h.store.DeliverShared(ctx, visit, f.ID, false)
	}
	if err == nil {
		err = h.store.RequireFlag(ctx, models.FlagShares, f.UserID)
	}
	return f.File, ended(err)
}

// ShareThumbnails returns what the addresses of a visitor's thumbnails begin with.
// Each ends with the number of its file.
func (s *Service) ShareThumbnails(v models.ShareVisit, expires time.Time) (base string) {
	signer := s.links.signer
	g := sharedGrant{visit: v, item: v.ShareID, inline: true}
	return signer.files.JoinPath("t", signer.keys.Sign(token.PurposeThumbnails, g.bytes(), expires)).String() + "/"
}

func (h *thumbnailHandlers) get(ctx context.Context, f models.File) ([]byte, error) {
	body, err := h.maker.Get(ctx, f)
	if err == nil || errors.Is(err, context.Canceled) {
		return body, err
	}
	if models.IsNotFound(err) {
		return nil, thumbnail.None().Because(err)
	}
	return nil, kit.StorageFault(err)
}

// sendThumbnail sends a thumbnail. What it shows never changes.
func sendThumbnail(c *gin.Context, f models.File, body []byte) {
	header := c.Writer.Header()
	header.Set("Content-Type", thumbnail.ContentType)
	header.Set("Content-Disposition", "inline")
	header.Set("Cache-Control", "private, max-age=604800, immutable")
	header.Set("ETag", `"t-`+hex.EncodeToString(f.ID[:])+`"`)
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(body))
}
