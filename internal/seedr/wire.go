package seedr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Seedr's JSON is loosely typed: a number may come as a string, a flag as 0 or
// 1, a list as a string with JSON in it. These types take each form that was
// ever seen, and refuse what has no such meaning.

// number is an integer: 5983629956, "1432582823", 3.0, null or false.
type number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	s, err := scalar(b)
	if err != nil {
		return err
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = number(i)
		return nil
	}
	f, err := parseFloat(s)
	if err != nil || math.Abs(f) > 1<<53 {
		return errors.New("not an integer")
	}
	*n = number(f)
	return nil
}

// decimal is a number with a fraction: 42.5, "100", null.
type decimal float64

// UnmarshalJSON implements json.Unmarshaler.
func (d *decimal) UnmarshalJSON(b []byte) error {
	s, err := scalar(b)
	if err != nil {
		return err
	}
	f, err := parseFloat(s)
	if err != nil {
		return err
	}
	*d = decimal(f)
	return nil
}

// flag is true or false: true, 1, "1", "true", null.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(b []byte) error {
	s, err := scalar(b)
	if err != nil {
		return err
	}
	v, err := parseFloat(s)
	*f = flag(err != nil || v != 0) // a word stands for something
	return nil
}

// text is a string; numbers are taken as they are written.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	}
	switch s := string(b); s {
	case "null", "true", "false":
		*t = ""
	default:
		if _, err := parseFloat(s); err != nil {
			return errors.New("not a text")
		}
		*t = text(s)
	}
	return nil
}

// words is a list of texts: ["a"], "[\"a\"]", "a", null.
type words []string

// UnmarshalJSON implements json.Unmarshaler.
func (w *words) UnmarshalJSON(b []byte) error {
	*w = nil
	var list []text
	if json.Unmarshal(b, &list) == nil {
		for _, t := range list {
			if t != "" {
				*w = append(*w, string(t))
			}
		}
		return nil
	}
	var one string
	if json.Unmarshal(b, &one) != nil {
		return nil // warnings are for display; another form is no reason to fail
	}
	if json.Unmarshal([]byte(one), &list) == nil {
		for _, t := range list {
			if t != "" {
				*w = append(*w, string(t))
			}
		}
		return nil
	}
	if one = strings.TrimSpace(one); one != "" {
		*w = words{one}
	}
	return nil
}

// scalar returns a JSON scalar as text; null and false are "0", true is "1".
func scalar(b []byte) (string, error) {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return "", errors.New("empty")
	}
	switch b[0] {
	case '{', '[':
		return "", fmt.Errorf("not a scalar")
	case '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return "", err
		}
		b = []byte(strings.TrimSpace(s))
	}
	switch s := string(b); s {
	case "null", "false", "":
		return "0", nil
	case "true":
		return "1", nil
	default:
		return s, nil
	}
}

func parseFloat(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errors.New("not a number")
	}
	return f, nil
}

// stamp reads a time as Seedr writes it. It names no zone; UTC is assumed.
func stamp(t text) time.Time {
	at, err := time.Parse(time.DateTime, string(t))
	if err != nil {
		return time.Time{}
	}
	return at
}

// first returns the first text that is not empty.
func first(all ...text) string {
	for _, t := range all {
		if t != "" {
			return string(t)
		}
	}
	return ""
}
