package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"
)

// A normal stop leaves no error in the log; a real fault of an activity does.
func TestACancelledActivityIsNoError(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		message string
		err     error
		logged  bool
	}{
		{"Activity error.", context.Canceled, false},
		{"Activity error.", fmt.Errorf("follow the agent: %w", context.Canceled), false},
		{"Activity error.", temporal.NewCanceledError(), false},
		{"Activity error.", errors.New("the disk is full"), true},
		{"Activity error.", context.DeadlineExceeded, true},
		{"Workflow panic", context.Canceled, true},
	} {
		var out bytes.Buffer
		sdk := calmHandler{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo})}.WithAttrs([]slog.Attr{slog.String("namespace", "x")})
		line := slog.NewRecord(time.Now(), slog.LevelError, c.message, 0)
		line.Add("ActivityType", "TrackAgent", "Error", c.err)
		if err := sdk.Handle(t.Context(), line); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "level=ERROR"); got != c.logged {
			t.Errorf("%s %v: %q", c.message, c.err, out.String())
		}
	}
}
