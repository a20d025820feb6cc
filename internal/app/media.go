package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"longhaul/internal/media/hls"
	"longhaul/internal/media/tool"
)

// openTool returns what runs ffmpeg and ffprobe. It is nil where they are not
// installed or can't be confined, which the log says at every start.
func openTool(ctx context.Context, log *slog.Logger) *tool.Runner {
	r, err := tool.New(ctx, "ffmpeg", "ffprobe")
	switch {
	case errors.Is(err, tool.ErrMissing):
		log.WarnContext(ctx, "media files are not read and films are not streamed: install ffmpeg", "error", err)
		return nil
	case err != nil:
		log.WarnContext(ctx, "media files are not read and films are not streamed: ffmpeg can't be confined here", "error", err)
		return nil
	}
	if gaps := r.Gaps(); len(gaps) > 0 {
		log.WarnContext(ctx, "this kernel can't keep ffmpeg from everything", "reachable", strings.Join(gaps, "; "))
	}
	return r
}

// films returns what converts films for browsers, nil without it.
func films(r *tool.Runner) hls.Runner {
	if r == nil {
		return nil
	}
	return r
}
