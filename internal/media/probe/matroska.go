package probe

import (
	"bytes"
	"errors"
	"io"

	"github.com/at-wat/ebml-go"

	"longhaul/models"
)

const (
	matroskaHead = 1 << 20  // bytes in which a file tells where its parts are
	matroskaCues = 16 << 20 // bytes of an index
	usualScale   = 1_000_000
	videoTrack   = 1

	idHeader, idSegment, idCues, idCluster = 0x1A45DFA3, 0x18538067, 0x1C53BB6B, 0x1F43B675
)

// matroskaParts are what a file tells of itself before its content.
type matroskaParts struct {
	SeekHead struct {
		Seek []struct {
			SeekID       []byte `ebml:"SeekID"`
			SeekPosition uint64 `ebml:"SeekPosition"`
		} `ebml:"Seek"`
	} `ebml:"SeekHead"`
	Info struct {
		TimecodeScale uint64 `ebml:"TimecodeScale"`
	} `ebml:"Info"`
	Tracks struct {
		TrackEntry []struct {
			TrackNumber uint64 `ebml:"TrackNumber"`
			TrackType   uint64 `ebml:"TrackType"`
		} `ebml:"TrackEntry"`
	} `ebml:"Tracks"`
}

// matroskaIndex is the index of a file.
type matroskaIndex struct {
	Cues struct {
		CuePoint []struct {
			CueTime           uint64 `ebml:"CueTime"`
			CueTrackPositions []struct {
				CueTrack uint64 `ebml:"CueTrack"`
			} `ebml:"CueTrackPositions"`
		} `ebml:"CuePoint"`
	} `ebml:"Cues"`
}

// matroskaKeys returns the times of the key frames in a file's cues, of the track
// at the place.
func matroskaKeys(w *window, place int) (models.KeyFrames, error) {
	head, err := w.upTo(0, matroskaHead)
	if err != nil {
		return nil, err
	}
	start, ok := segment(head)
	if !ok {
		return nil, errNoIndex
	}
	parts, err := matroskaHeadOf(head[start:])
	if err != nil {
		return nil, err
	}
	at := int64(-1)
	for _, s := range parts.SeekHead.Seek {
		if bytes.Equal(s.SeekID, []byte{0x1C, 0x53, 0xBB, 0x6B}) && s.SeekPosition < 1<<62 {
			at = int64(start) + int64(s.SeekPosition)
		}
	}
	tracks := parts.Tracks.TrackEntry
	if at < 0 || at >= w.src.Size || place >= len(tracks) || tracks[place].TrackType != videoTrack {
		return nil, errNoIndex
	}
	scale := parts.Info.TimecodeScale
	if scale == 0 {
		scale = usualScale
	}
	return cues(w, at, tracks[place].TrackNumber, scale)
}

// matroskaHeadOf reads what the beginning of a segment tells, as far as there
// is some.
func matroskaHeadOf(b []byte) (parts matroskaParts, err error) {
	whole := 0 // up to the first part that is cut off, or content
	for whole < len(b) {
		id, size, n := element(b[whole:])
		if n == 0 || id == idCluster || size > uint64(len(b)-whole-n) {
			break
		}
		whole += n + int(size)
	}
	err = decode(b[:whole], &parts)
	return parts, err
}

// cues reads the index at the place.
func cues(w *window, at int64, track, scale uint64) (models.KeyFrames, error) {
	head, err := w.upTo(at, 12)
	if err != nil {
		return nil, err
	}
	id, size, n := element(head)
	if n == 0 || id != idCues || size > matroskaCues {
		return nil, errNoIndex
	}
	b, err := w.bytes(at, int64(n)+int64(size))
	if err != nil {
		return nil, err
	}
	var index matroskaIndex
	if err := decode(b, &index); err != nil {
		return nil, err
	}
	var out models.KeyFrames
	for _, p := range index.Cues.CuePoint {
		if p.CueTime > 1<<62/scale {
			return nil, errNoIndex
		}
		for _, t := range p.CueTrackPositions {
			if t.CueTrack == track {
				out = append(out, int64((p.CueTime*scale+500)/1000))
				break
			}
		}
	}
	return out, nil
}

// decode reads elements; what is not asked for is left out.
func decode(b []byte, into any) error {
	err := ebml.Unmarshal(bytes.NewReader(b), into, ebml.WithIgnoreUnknown(true), ebml.WithMaxLeafElementSize(uint64(len(b))))
	if err != nil && !errors.Is(err, io.EOF) {
		return errNoIndex
	}
	return nil
}

// segment returns where the content of a file's segment begins.
func segment(b []byte) (int, bool) {
	id, size, n := element(b)
	if id != idHeader || n == 0 || size > uint64(len(b)-n) {
		return 0, false
	}
	at := n + int(size)
	id, _, n = element(b[at:])
	return at + n, n > 0 && id == idSegment
}

// element reads the id and the size of an element, and how many bytes both take:
// 0 if they are not there.
func element(b []byte) (id uint32, size uint64, n int) {
	long := func(b []byte, most int) int {
		for i := range most {
			if len(b) > 0 && b[0]&(0x80>>i) != 0 && len(b) > i {
				return i + 1
			}
		}
		return 0
	}
	k := long(b, 4)
	if k == 0 {
		return 0, 0, 0
	}
	for _, c := range b[:k] {
		id = id<<8 | uint32(c)
	}
	m := long(b[k:], 8)
	if m == 0 {
		return 0, 0, 0
	}
	size = uint64(b[k]) & (0xff >> m)
	for _, c := range b[k+1 : k+m] {
		size = size<<8 | uint64(c)
	}
	return id, size, k + m
}
