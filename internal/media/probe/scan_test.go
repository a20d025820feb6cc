package probe_test

import (
	"context"
	"io"
	"testing"

	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
)

// recording says what ffprobe says of a broadcast, and counts what it may read.
type recording struct{ allowed []int64 }

// FFprobe implements probe.Tool.
func (r *recording) FFprobe(_ context.Context, _ tool.Source, limits tool.Limits, _ func(string) []string, out io.Writer) error {
	r.allowed = append(r.allowed, limits.Bytes)
	said := `{"format":{"format_name":"mpegts","duration":"7200"},"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":64,"height":48}]}`
	if len(r.allowed) > 1 {
		said = "1.400000,K_\n1.440000,__\n7.400000,K_\n"
	}
	_, err := io.WriteString(out, said)
	return err
}

// FFmpeg implements probe.Tool.
func (*recording) FFmpeg(context.Context, tool.Source, tool.Limits, func(string) []string, io.Writer) error {
	return &tool.FailedError{}
}

// A recording has no index. One of two hours is read once to its end; of one that
// is far larger, nothing is known.
func TestLargeRecordingsAreReadOnce(t *testing.T) {
	t.Parallel()
	for size, keys := range map[int64]int{7 << 30: 2, 9 << 30: 0} {
		var r recording
		got, err := probe.New(&r).Probe(t.Context(), tool.Source{Size: size})
		if err != nil || len(got.Keys) != keys {
			t.Errorf("%d GiB: %d key frames, %v", size>>30, len(got.Keys), err)
		}
		if len(r.allowed) > 1 && r.allowed[1] > 3*size {
			t.Errorf("%d GiB: ffprobe may read %d bytes", size>>30, r.allowed[1])
		}
	}
}
