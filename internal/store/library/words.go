package library

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

// Bounds of what is indexed of a file.
const (
	maxWords     = 96
	maxWordBytes = 48
	maxKeyBytes  = 800 // of what orders a name
)

// ownerKey is what each word of a user begins with in the index, so that a search
// for the beginning of a word reads only theirs. Two users with the same key cost
// time and nothing else.
func ownerKey(userID uuid.UUID) string { return hex.EncodeToString(userID[12:]) }

// indexed returns the words of the texts as the index has them. A word of letters
// and digits is also there from each change between them on: "S01E02" is found by "e02" too.
func indexed(userID uuid.UUID, texts ...string) string {
	key := ownerKey(userID)
	seen := map[string]bool{}
	var out []string
	add := func(word string) bool {
		if !seen[word] && len(out) < maxWords {
			seen[word] = true
			out = append(out, key+word)
		}
		return len(out) < maxWords
	}
	for _, text := range texts {
		for _, word := range wordsOf(text) {
			if !add(word) {
				break
			}
			for _, part := range partsOf(word) {
				add(part)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// query returns the words of a search as a tsquery: each has to be there, or to
// begin one that is. It is empty for a search without words.
func query(userID uuid.UUID, search string) string {
	key := ownerKey(userID)
	var out []string
	for _, word := range wordsOf(search) {
		if len(out) == 16 {
			break
		}
		out = append(out, "'"+key+word+"':*")
	}
	return strings.Join(out, " & ")
}

// wordsOf splits a text into its words: letters and digits without marks and
// case. Each character of a script without spaces between words is a word.
func wordsOf(text string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, cut(word.String()))
		}
		word.Reset()
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.Is(unicode.Mc, r):
			word.WriteRune(unicode.ToLower(r))
		default:
			end()
		}
	}
	end()
	return out
}

func cut(word string) string {
	if len(word) <= maxWordBytes {
		return word
	}
	at := maxWordBytes
	for !utf8.RuneStart(word[at]) {
		at--
	}
	return word[:at]
}

// partsOf returns what a word of letters and digits ends in, from each change
// between them on.
func partsOf(word string) []string {
	var out []string
	digits := false
	for i, r := range word {
		if is := unicode.IsNumber(r); i == 0 {
			digits = is
		} else if is != digits {
			out = append(out, word[i:])
			digits = is
		}
	}
	return out
}

// sortKey returns what orders names as people do: without case, "Part 2" before
// "Part 10". It is compared byte by byte.
func sortKey(name string) string {
	var out strings.Builder
	name = norm.NFKD.String(strings.ToLower(name)) // marks come behind their letters
	for i := 0; i < len(name) && out.Len() < maxKeyBytes; {
		if name[i] < '0' || name[i] > '9' {
			out.WriteByte(name[i])
			i++
			continue
		}
		start := i
		for i < len(name) && name[i] >= '0' && name[i] <= '9' {
			i++
		}
		number := strings.TrimLeft(name[start:i], "0")
		// The number of digits comes first: that orders numbers of any length.
		out.WriteString(strconv.Itoa(100 + len(number)))
		out.WriteString(number)
	}
	return strings.ToValidUTF8(out.String(), "") // where it was cut
}
