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
