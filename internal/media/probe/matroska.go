package probe

import "longhaul/models"

const (
	matroskaHead = 1 << 20 // bytes in which a file tells where its parts are
	matroskaCues = 8 << 20 // bytes of an index
	usualScale   = 1_000_000
	videoTrack   = 1
)

// The elements that are looked at.
const (
	idHeader, idSegment, idCluster = 0x1A45DFA3, 0x18538067, 0x1F43B675

	idSeekHead, idSeek, idSeekID, idSeekPosition  = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
	idInfo, idScale                               = 0x1549A966, 0x2AD7B1
	idTracks, idEntry, idNumber, idType           = 0x1654AE6B, 0xAE, 0xD7, 0x83
	idCues, idPoint, idTime, idPositions, idTrack = 0x1C53BB6B, 0xBB, 0xB3, 0xB7, 0xF7
)

// matroskaTrack is a track of a file.
type matroskaTrack struct{ number, kind uint64 }

// matroskaParts are what a file tells of itself before its content.
type matroskaParts struct {
	cues   int64 // where the index is in the segment; -1 if that is not told
	scale  uint64
	tracks []matroskaTrack
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
	parts := matroskaHeadOf(head[start:])
	at := int64(start) + parts.cues
	if parts.cues < 0 || at >= w.src.Size || place >= len(parts.tracks) || parts.tracks[place].kind != videoTrack || parts.scale == 0 {
		return nil, errNoIndex
	}
	return cues(w, at, parts.tracks[place].number, parts.scale)
}

// matroskaHeadOf reads what the beginning of a segment tells, up to its content
// or the first part that is cut off.
func matroskaHeadOf(b []byte) matroskaParts {
	parts := matroskaParts{cues: -1, scale: usualScale}
	eachElement(b, func(id uint32, body []byte) bool {
		switch id {
		case idSeekHead:
			eachElement(body, func(id uint32, body []byte) bool {
				if id == idSeek && value(body, idSeekID) == idCues {
					parts.cues = int64(min(value(body, idSeekPosition), 1<<60))
				}
				return true
			})
		case idInfo:
			if s := value(body, idScale); s != 0 {
				parts.scale = s
			}
		case idTracks:
			eachElement(body, func(id uint32, body []byte) bool {
				if id == idEntry {
					parts.tracks = append(parts.tracks, matroskaTrack{value(body, idNumber), value(body, idType)})
				}
				return true
			})
		}
		return id != idCluster
	})
	return parts
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
	b, err := w.bytes(at+int64(n), int64(size))
	if err != nil {
		return nil, err
	}
	var out models.KeyFrames
	eachElement(b, func(id uint32, point []byte) bool {
		if id != idPoint {
			return true
		}
		when, ours := value(point, idTime), false
		eachElement(point, func(id uint32, body []byte) bool {
			ours = id == idPositions && value(body, idTrack) == track
			return !ours
		})
		if when > 1<<62/scale || len(out) > models.MaxMediaKeyFrames {
			err = errNoIndex
			return false
		}
		if ours {
			out = append(out, int64((when*scale+500)/1000))
		}
		return true
	})
	return out, err
}

// eachElement calls f with each whole element until it returns false.
func eachElement(b []byte, f func(id uint32, body []byte) bool) {
	for {
		id, size, n := element(b)
		if n == 0 || size > uint64(len(b)-n) || !f(id, b[n:n+int(size)]) {
			return
		}
		b = b[n+int(size):]
	}
}

// value returns the number in the first element with the id; 0 if there is none.
func value(b []byte, want uint32) (out uint64) {
	eachElement(b, func(id uint32, body []byte) bool {
		if id != want || len(body) > 8 {
			return true
		}
		for _, c := range body {
			out = out<<8 | uint64(c)
		}
		return false
	})
	return out
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
