package httpengine

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"

	"longhaul/agent/engine"
	"longhaul/internal/fetch"
	"longhaul/internal/source"
	"longhaul/internal/weburl"
	"longhaul/models"
)

// requester returns what asks for the source in one run: with the cookies that its
// servers set meanwhile, and the login for its own origin.
func (e *Engine) requester(src engine.Source) (*requester, error) {
	u, err := weburl.Parse(src.URL)
	if err != nil {
		return nil, models.Fault(models.ProblemMalformedURL, "The address is malformed.").Because(err)
	}
	return &requester{client: fetch.Session(e.client, u, src.Login), url: u.String(), first: u, keepPage: src.KeepPage}, nil
}

// contents finds out what the address holds: a file, or the torrent that its
// file or its redirect names.
func (e *Engine) contents(ctx context.Context, r *requester, maxBytes int64) (models.Manifest, error) {
	m, err := e.manifest(ctx, r)
	if magnet, ok := errors.AsType[*fetch.MagnetError](err); ok {
		src, err := source.ParseMagnet(magnet.Link)
		return models.Manifest{Magnet: src.URI}, err
	}
	if err != nil || len(m.Metainfo) > 0 {
		return m, err // which of a torrent's files fit is for the job to say
	}
	return checkSize(m, maxBytes)
}

// torrent reads the torrent that the answer is. It reports false for an ordinary
// file; what is named and built like a torrent and is none has the fault of the
// torrent.
func (r *requester) torrent(h *held, name string) (models.Manifest, bool, error) {
	a := h.a
	if !mayBeTorrent(a.header, name) || a.size > source.MaxTorrentBytes {
		return models.Manifest{}, false, nil
	}
	h.spent = true
	body := io.Reader(a.body)
	if len(a.codings) > 0 {
		decoded, err := decode(a.body, a.codings)
		if err != nil {
			return models.Manifest{}, false, err
		}
		defer decoded.close()
		body = decoded
	}
	b, err := io.ReadAll(io.LimitReader(body, source.MaxTorrentBytes+1))
	if err != nil {
		return models.Manifest{}, false, transport(err)
	}
	if !looksLikeTorrent(b) {
		return models.Manifest{}, false, nil
	}
	src, m, err := source.ParseTorrent(b)
	m.Metainfo = src.Metainfo
	return m, err == nil, err
}

// mayBeTorrent reports whether the server says that it sends a torrent, by type,
// or by name where the type says nothing.
func mayBeTorrent(h http.Header, name string) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch kind {
	case "application/x-bittorrent", "application/bittorrent", "application/x-torrent":
		return true
	case "", "application/octet-stream", "binary/octet-stream", "application/force-download", "application/x-download", "application/download", "text/plain", "text/html":
		return strings.EqualFold(path.Ext(name), ".torrent")
	default:
		return false
	}
}

// beginsTorrent reports whether a body begins as a metainfo file does: with a
// dictionary, whose first key has at most two digits of length.
func beginsTorrent(b []byte) bool {
	digits, _, ok := bytes.Cut(b[:min(len(b), 4)], []byte(":"))
	return ok && len(digits) > 1 && digits[0] == 'd' && len(bytes.Trim(digits[1:], "0123456789")) == 0
}

// looksLikeTorrent reports whether the bytes are built like a metainfo file, right
// or wrong.
func looksLikeTorrent(b []byte) bool {
	return len(b) > 0 && b[0] == 'd' && strings.Contains(string(b), "4:infod")
}
