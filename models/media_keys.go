package models

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Pack returns the times as they are kept: the distances as variable-length numbers.
func (k KeyFrames) Pack() []byte {
	var out []byte
	last := int64(0)
	for _, t := range k {
		out = binary.AppendVarint(out, t-last)
		last = t
	}
	return out
}

// UnpackKeyFrames reads what Pack returned.
func UnpackKeyFrames(b []byte) (KeyFrames, error) {
	var out KeyFrames
	last := int64(0)
	for len(b) > 0 {
		d, n := binary.Varint(b)
		if n <= 0 || len(out) == MaxMediaKeyFrames {
			return nil, errors.New("the list of key frames is damaged")
		}
		last += d
		out, b = append(out, last), b[n:]
	}
	return out, nil
}

// Tidy returns the times ascending, each once, and none of a list that is too
// long to keep.
func (k KeyFrames) Tidy() KeyFrames {
	if len(k) > MaxMediaKeyFrames {
		return nil
	}
	slices.Sort(k)
	return slices.Compact(k)
}
