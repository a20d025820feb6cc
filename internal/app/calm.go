package app

import (
	"context"
	"errors"
	"log/slog"

	"go.temporal.io/sdk/temporal"
)

// calmHandler passes on what Temporal's SDK logs, but for one thing: it reports
// an activity that ends because it was cancelled, at a stop or because its
// workflow has ended, as an error. That is how such an activity has to end.
type calmHandler struct{ slog.Handler }

// Handle implements slog.Handler.
func (h calmHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "Activity error." && wasCancelled(r) {
		if r.Level = slog.LevelDebug; !h.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return h.Handler.Handle(ctx, r)
}

func wasCancelled(r slog.Record) bool {
	var cancelled bool
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && (errors.Is(err, context.Canceled) || temporal.IsCanceledError(err)) {
			cancelled = true
		}
		return !cancelled
	})
	return cancelled
}

// WithAttrs implements slog.Handler.
func (h calmHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return calmHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h calmHandler) WithGroup(name string) slog.Handler {
	return calmHandler{h.Handler.WithGroup(name)}
}
