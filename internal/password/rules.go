package password

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"longhaul/models"
)

// Lengths of a password in characters. It is the only factor, hence 15 (NIST
// SP 800-63B-4); the upper bound keeps hashing cheap.
const (
	MinLength = 15
	MaxLength = 256
)

// common lists words and passwords that people build long passwords from, one
// per line.
//
//go:embed common.txt
var common string

// Check reports whether a new password may be used, as a models.Error on the
// field password that says why not. There are no rules on kinds of characters.
// The e-mail address may be empty.
func Check(password, email string) error {
	refuse := func(format string, args ...any) error {
		return models.Errorf(models.CodeInvalid, format, args...).In("password")
	}
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return refuse("The password contains bytes that are not text.")
	case n < MinLength:
		return refuse("The password has %d characters; use at least %d. A few unrelated words work well.", n, MinLength)
	case n > MaxLength:
		return refuse("The password has %d characters; use at most %d.", n, MaxLength)
	}
	plain := simplify(password)
	if distinct(plain) < 6 {
		return refuse("The password repeats a few characters over and over, which is easy to guess.")
	}
	if period(plain) <= len(plain)/2 {
		return refuse("The password repeats the same text, which is easy to guess.")
	}
	rest := plain
	if email != "" {
		local, domain, _ := strings.Cut(simplifyKeep(email, "@."), "@")
		for _, part := range append([]string{local}, strings.Split(domain, ".")...) {
			part = simplify(part)
			if len(part) >= 4 {
				rest = strings.ReplaceAll(rest, part, "")
			}
		}
		if len(rest) < len(plain) && len(rest) < 8 {
			return refuse("The password is based on the e-mail address, which is easy to guess.")
		}
	}
	if left := strip(rest); len(left) < 6 {
		return refuse("The password consists of very common words or keyboard rows, which attackers try first.")
	}
	return nil
}

// simplify folds what guessing programs fold: case, spaces, punctuation and
// digits that stand for letters.
func simplify(s string) string { return simplifyKeep(s, "") }

func simplifyKeep(s, keep string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '@', '4':
			if strings.ContainsRune(keep, r) {
				return r
			}
			return 'a'
		case '0':
			return 'o'
		case '3':
			return 'e'
		case '$', '5':
			return 's'
		}
		if strings.ContainsRune(keep, r) {
			return r
		}
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// period returns the length of the shortest text whose repetition is s, the
// last time perhaps cut off; len(s) if there is no shorter one.
func period(s string) int {
	for p := 1; p < len(s); p++ {
		if s[p:] == s[:len(s)-p] {
			return p
		}
	}
	return len(s)
}

// strip takes the common words and rows of the list out of s, the longest
// first where they overlap at a place, and then plain counting.
func strip(s string) string {
	words := map[string]bool{}
	longest := 0
	for w := range strings.Lines(common) {
		if w = simplify(strings.TrimSpace(w)); len(w) >= 4 {
			words[w] = true
			longest = max(longest, len(w))
		}
	}
	var left strings.Builder
	for i := 0; i < len(s); {
		n := min(longest, len(s)-i)
		for ; n >= 4 && !words[s[i:i+n]]; n-- {
		}
		if n < 4 {
			n = 1
			if s[i] < '0' || s[i] > '9' {
				left.WriteByte(s[i])
			}
		}
		i += n
	}
	return left.String()
}
