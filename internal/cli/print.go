package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// printJSON prints a value for other programs.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.Out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print JSON: %w", err)
	}
	return nil
}

// bytesInWords writes a number of bytes with a binary unit.
func bytesInWords(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n)/1024, "KMGTPE"
	for v >= 1023.95 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return fmt.Sprintf("%.1f %ciB", v, units[0])
}

// sizeInWords writes a size that may be unknown.
func sizeInWords(n *int64) string {
	if n == nil || *n < 0 {
		return "?"
	}
	return bytesInWords(*n)
}

// timeInWords writes seconds for a person.
func timeInWords(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d >= time.Hour:
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return fmt.Sprintf("%d s", seconds)
	}
}

// printable takes what could steer a terminal out of text from elsewhere.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}
