package probe

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"

	"longhaul/internal/media/tool"
	"longhaul/models"
)

// keys returns when the key frames of the first video track are shown: by the
// container's index, or else by reading a file that is not too large to its end.
func (p *Prober) keys(ctx context.Context, src tool.Source, info models.MediaInfo) (models.KeyFrames, error) {
	out, err := indexed(ctx, src, info)
	if err == nil && len(out) > 0 {
		return out.Tidy(), nil
	}
	if err != nil && !errors.Is(err, errNoIndex) {
		return nil, err
	}
	if src.Size > maxScan {
		return nil, nil
	}
	out, err = p.scan(ctx, src, info.Video[0].Index)
	if err == nil {
		return out.Tidy(), nil
	}
	if _, ok := errors.AsType[*UnreadableError](blame(err)); ok {
		return nil, nil // it plays as it is, or not at all
	}
	return nil, err
}

// scan reads the packets of a track and returns the times of the key frames.
func (p *Prober) scan(ctx context.Context, src tool.Source, track int) (models.KeyFrames, error) {
	var out packets
	limits := scanLimits
	limits.Bytes = 2*src.Size + megabyte // once to the end, and what ffprobe looks up there before
	err := p.tool.FFprobe(ctx, src, limits, func(input string) []string {
		return []string{
			"-v", "error", "-threads", "1", "-select_streams", strconv.Itoa(track), "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", "-i", input,
		}
	}, &out)
	if errors.Is(err, errUntimed) {
		return nil, nil
	}
	return out.keys, err
}

// errUntimed is that key frames have no times, or are too many.
var errUntimed = errors.New("the key frames have no times")

const maxLine = 4 << 10 // bytes; ffprobe's are far shorter

// packets reads lines such as "1.001000,K_" as they come.
type packets struct {
	keys models.KeyFrames
	rest []byte
}

// Write implements io.Writer.
func (p *packets) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for {
		line, rest, found := bytes.Cut(p.rest, []byte{'\n'})
		if !found {
			break
		}
		if err := p.line(string(line)); err != nil {
			return 0, err
		}
		p.rest = rest
	}
	if len(p.rest) > maxLine {
		return 0, errTalk
	}
	p.rest = bytes.Clone(p.rest)
	return len(b), nil
}

func (p *packets) line(s string) error {
	fields := strings.Split(strings.TrimSpace(s), ",")
	if len(fields) < 2 || !strings.HasPrefix(fields[1], "K") {
		return nil
	}
	at, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || len(p.keys) == models.MaxMediaKeyFrames {
		return errUntimed
	}
	p.keys = append(p.keys, micros(at))
	return nil
}

// micros returns seconds as microseconds.
func micros(seconds float64) int64 {
	if seconds < 0 {
		return int64(seconds*1e6 - 0.5)
	}
	return int64(seconds*1e6 + 0.5)
}
