package models

import "strconv"

// BytesInWords returns a size for a sentence, such as "1.5 GiB".
func BytesInWords(n int64) string {
	const step = 1024
	if n < step {
		return strconv.FormatInt(max(n, 0), 10) + " B"
	}
	value, unit := float64(n), 0
	for value >= step && unit < len(units)-1 {
		value /= step
		unit++
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + " " + units[unit:unit+1] + "iB"
}

// units are the first letters of the units of size, from bytes on.
const units = "BKMGTPE"

// TooLarge returns the fault of content that has more bytes than one job may.
func TooLarge(size, limit int64) *Error {
	return Fault(ProblemContentTooLarge, "This is too large for one job (%s, the limit is %s).", BytesInWords(size), BytesInWords(limit)).
		With("bytes", size).With("limit", limit)
}

// SeedrTooSmall returns the fault of content that needs more bytes than the
// whole Seedr account has.
func SeedrTooSmall(need, size int64) *Error {
	return Fault(ProblemSeedrTooSmall, "It is larger than the whole Seedr account: it needs %s, the account has %s.", BytesInWords(need), BytesInWords(size)).
		With("need", need).With("size", size)
}
