package charset

// commonShare is the share of two-byte characters that must be common ones.
const commonShare = 0.85

// pairs walks text of one- and two-byte characters and calls each for those of
// two. It returns how many high bytes stand alone, and false if a character is
// cut off.
func pairs(sample []byte, lead func(byte) bool, each func(lead, trail byte)) (alone int, ok bool) {
	for i := 0; i < len(sample); i++ {
		switch c := sample[i]; {
		case c < 0x80:
		case !lead(c):
			alone++
		case i+1 == len(sample) || sample[i+1] < 0x40:
			return alone, false
		default:
			each(c, sample[i+1])
			i++
		}
	}
	return alone, true
}

func between(c, from, to byte) bool { return from <= c && c <= to }

func high(c byte) bool { return between(c, 0xA1, 0xFE) }

// likeShiftJIS: kana and the kanji of level 1 have leads below 0xA0, which
// other encodings hardly use. Single high bytes are half-width katakana.
func likeShiftJIS(sample []byte) bool {
	total, common := 0, 0
	alone, ok := pairs(sample, func(c byte) bool { return between(c, 0x81, 0x9F) || between(c, 0xE0, 0xFC) }, func(l, t byte) {
		total++
		if between(l, 0x81, 0x84) || between(l, 0x88, 0x98) {
			common++
		}
	})
	return ok && total > 0 && alone*4 <= total && float64(common) >= commonShare*float64(total)
}

// rows counts text of pairs of high bytes by their lead.
func rows(sample []byte) (leads [256]int, total int, ok bool) {
	strict := true
	alone, ok := pairs(sample, func(c byte) bool { return c > 0x80 }, func(l, t byte) {
		strict = strict && high(l) && high(t)
		leads[l]++
		total++
	})
	return leads, total, ok && strict && alone == 0 && total > 0 && apart(sample)
}

func sum(leads [256]int, from, to byte) (n int) {
	for l := int(from); l <= int(to); l++ {
		n += leads[l]
	}
	return n
}

// likeEUCJP: there is kana beside kanji, in the rows that GBK has it in, too.
func likeEUCJP(sample []byte) bool {
	leads, total, ok := rows(sample)
	return ok && sum(leads, 0xA4, 0xA5) > 0 && sum(leads, 0xA1, 0xCF) == total
}

// likeEUCKR: Hangul has 25 rows. Chinese text uses 15 more, so enough of it
// without them is Korean.
func likeEUCKR(sample []byte) bool {
	leads, total, ok := rows(sample)
	hangul := sum(leads, 0xB0, 0xC8)
	return ok && hangul >= 8 && hangul+sum(leads, 0xA1, 0xAF) == total
}

// likeGBK: the characters of level 1 are almost all that occur.
func likeGBK(sample []byte) bool {
	total, common := 0, 0
	alone, ok := pairs(sample, func(c byte) bool { return between(c, 0x81, 0xFE) }, func(l, t byte) {
		total++
		if high(t) && (between(l, 0xA1, 0xA9) || between(l, 0xB0, 0xD7)) {
			common++
		}
	})
	return ok && alone == 0 && total > 0 && float64(common) >= commonShare*float64(total) && apart(sample)
}

// apart reports whether some characters of two bytes are surely no letters with
// accents: two in a row, or one that no letter touches. É and É in the middle of
// CRÉÉE could be one, but stand within a word.
func apart(sample []byte) bool {
	for i := 0; i < len(sample); i++ {
		from := i
		for i < len(sample) && sample[i] >= 0x80 {
			i++
		}
		if i-from > 2 || i-from == 2 && !letterAt(sample, from-1) && !letterAt(sample, i) {
			return true
		}
	}
	return false
}

func letterAt(sample []byte, i int) bool {
	return i >= 0 && i < len(sample) && between(sample[i]|0x20, 'a', 'z')
}

// likeBig5: the characters of level 1, whose second byte is often below 0x80.
func likeBig5(sample []byte) bool {
	total, common, low := 0, 0, 0
	alone, ok := pairs(sample, func(c byte) bool { return between(c, 0x81, 0xFE) }, func(l, t byte) {
		total++
		if between(l, 0xA1, 0xC6) && (between(t, 0x40, 0x7E) || high(t)) {
			common++
		}
		if t < 0x80 {
			low++
		}
	})
	return ok && alone == 0 && total >= 2 && float64(common) >= commonShare*float64(total) && low < total && apart(sample)
}

// runs returns how many high bytes there are, in how many runs, and how many
// are letters of the upper and lower half of the last 64.
func runs(sample []byte) (bytes, runs, upper, lower int) {
	before := byte(0)
	for _, c := range sample {
		if c >= 0x80 {
			bytes++
			if before < 0x80 {
				runs++
			}
		}
		switch {
		case c >= 0xE0:
			upper++
		case c >= 0xC0:
			lower++
		}
		before = c
	}
	return bytes, runs, upper, lower
}

// likeCyrillic: whole words are of high bytes, almost all of them letters.
func likeCyrillic(sample []byte) (upper, lower int, is bool) {
	n, words, upper, lower := runs(sample)
	return upper, lower, n >= 3*words && float64(upper+lower) >= commonShare*float64(n)
}

// likeWindows1251: its small letters come last.
func likeWindows1251(sample []byte) bool {
	upper, lower, is := likeCyrillic(sample)
	return is && upper > lower
}

// likeKOI8R: its small letters come before the capital ones.
func likeKOI8R(sample []byte) bool {
	upper, lower, is := likeCyrillic(sample)
	return is && lower > upper
}
