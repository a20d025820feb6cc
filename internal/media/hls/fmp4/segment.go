package fmp4

import (
	"encoding/binary"
	"math"
)

// Entry is a sample of a segment.
type Entry struct {
	Decode   int64
	Offset   int32 // from decoding to presentation
	Duration uint32
	Size     uint32
	Sync     bool
}

// SegmentHead returns what stands before the data of a segment, which are its
// samples one after the other. The track is that of the initialization segment,
// the first.
func SegmentHead(number uint32, samples []Entry) []byte {
	const perSample = 16
	run := 8 + 12 + perSample*len(samples)
	trafSize := 8 + (8 + 8) + (8 + 12) + run
	moofSize := 8 + (8 + 8) + trafSize
	var data int64
	for _, s := range samples {
		data += int64(s.Size)
	}
	b := make([]byte, 0, 24+moofSize+16)
	b = append(appendHead(b, "styp", 16), "msdh\x00\x00\x00\x00msdhmsix"...)
	b = appendHead(b, "moof", moofSize-8)
	b = appendHead(b, "mfhd", 8)
	b = append32(b, 0, number)
	b = appendHead(b, "traf", trafSize-8)
	b = appendHead(b, "tfhd", 8)
	b = append32(b, 0x020000, 1) // offsets count from this fragment
	b = appendHead(b, "tfdt", 12)
	b = append32(b, 1<<24)
	b = binary.BigEndian.AppendUint64(b, first(samples))
	b = appendHead(b, "trun", run-8)
	b = append32(b, 1<<24|runData|runDuration|runSize|runFlags|runOffset, uint32(len(samples)), uint32(moofSize+16))
	for _, s := range samples {
		flags := uint32(0x02000000)
		if !s.Sync {
			flags = 0x01000000 | notSync
		}
		b = append32(b, s.Duration, s.Size, flags, uint32(s.Offset))
	}
	b = append32(b, 1)
	b = append(b, "mdat"...)
	return binary.BigEndian.AppendUint64(b, uint64(data)+16)
}

func first(samples []Entry) uint64 {
	if len(samples) == 0 || samples[0].Decode < 0 {
		return 0
	}
	return uint64(samples[0].Decode)
}

func append32(b []byte, numbers ...uint32) []byte {
	for _, n := range numbers {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

// appendHead appends the head of a box with a short body.
func appendHead(b []byte, name string, body int) []byte {
	return append(append32(b, uint32(min(body+8, math.MaxUint32))), name...)
}
