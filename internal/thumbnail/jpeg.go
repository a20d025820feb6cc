package thumbnail

import (
	"bytes"
	"encoding/binary"
)

// frame is what a JPEG says of how it is coded.
type frame struct {
	progressive bool
	rgb         bool // its components are colours, or it has four of them
	eighths     int64
}

// unknownFrame is that of a JPEG that hides its own: it may be the largest.
func unknownFrame() frame { return frame{progressive: true, rgb: true, eighths: 4 * 8} }

// perPixel returns how many eighths of a byte a decoder holds for each pixel:
// each sample, its coefficient if all are needed before the first pixel, and the
// colours if they are made of it.
func (f frame) perPixel() int64 {
	n := f.eighths
	if f.progressive {
		n += 4 * f.eighths
	}
	if f.rgb {
		n += 4 * 8
	}
	return n
}

// frameOf finds the frame in the first bytes of a JPEG, marker by marker.
func frameOf(head []byte) frame {
	rgb := false
	for at := 2; at+4 <= len(head); {
		if head[at] != 0xff {
			at++
			continue
		}
		marker := head[at+1]
		if marker == 0xff {
			at++
			continue
		}
		if marker == 0 || marker >= 0xd0 && marker <= 0xd9 { // without a length
			at += 2
			continue
		}
		body := head[at+4:]
		size := int(binary.BigEndian.Uint16(head[at+2:])) - 2
		if size < 0 || size > len(body) {
			break
		}
		body = body[:size]
		if marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12 && body[11] == 0 {
			rgb = true
		}
		if marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc {
			f, ok := readFrame(body)
			if !ok {
				break
			}
			f.progressive = marker != 0xc0 && marker != 0xc1
			f.rgb = f.rgb || rgb
			return f
		}
		at += 4 + size
	}
	return unknownFrame()
}

// readFrame reads how many samples there are of each component.
func readFrame(body []byte) (frame, bool) {
	if len(body) < 6 || len(body) < 6+3*int(body[5]) || body[5] == 0 {
		return frame{}, false
	}
	n := int(body[5])
	var samples, h, v int64
	ids := make([]byte, 0, n)
	for i := range n {
		c := body[6+3*i:]
		ids = append(ids, c[0])
		ch, cv := int64(c[1]>>4), int64(c[1]&15)
		samples += ch * cv
		h, v = max(h, ch), max(v, cv)
	}
	if h == 0 || v == 0 {
		return frame{}, false
	}
	return frame{rgb: n == 4 || string(ids) == "RGB", eighths: max(8, (samples*8+h*v-1)/(h*v))}, true
}
