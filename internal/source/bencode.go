package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
)

var (
	errSyntax = errors.New("bencode: syntax")
	errDepth  = errors.New("bencode: nested too deeply")
	errTokens = errors.New("bencode: too many values")
	errRange  = errors.New("bencode: integer out of range")
)

// maxDigits bounds a number with zeros before it, as libtorrent does.
const maxDigits = 20

// scan checks that b begins with a bencoded value within the limits of depth
// and count, in one pass and with constant memory, and returns the value: what
// follows it is not part of it. After it a reader cannot run out of stack or
// bytes.
func scan(b []byte) ([]byte, error) {
	type level struct{ dict, wantKey bool }
	var stack [MaxDepth]level
	depth, tokens := 0, 0
	r := &reader{b: b}
	for {
		if tokens++; tokens > maxTokens {
			return nil, errTokens
		}
		if r.pos >= len(b) {
			return nil, errSyntax
		}
		var top *level
		if depth > 0 {
			top = &stack[depth-1]
		}
		c := b[r.pos]
		switch {
		case c == 'e':
			if top == nil || (top.dict && !top.wantKey) {
				return nil, errSyntax
			}
			r.pos++
			depth--
		case top != nil && top.dict && top.wantKey:
			if _, err := r.str(); err != nil {
				return nil, err
			}
			top.wantKey = false
			continue
		case c == 'd' || c == 'l':
			if depth == MaxDepth {
				return nil, errDepth
			}
			stack[depth] = level{dict: c == 'd', wantKey: true}
			depth++
			r.pos++
			continue
		default:
			if err := r.scalar(); err != nil {
				return nil, err
			}
		}
		if depth == 0 {
			break
		}
		stack[depth-1].wantKey = true
	}
	return b[:r.pos:r.pos], nil
}

// reader walks a scanned bencoded value once, from front to back, without
// copying it.
type reader struct {
	b   []byte
	pos int

	// odd is set by what programs read in different ways: a number with a
	// needless zero, or a key that comes twice.
	odd bool
}

func (r *reader) kind() byte {
	if r.pos >= len(r.b) {
		return 0
	}
	if c := r.b[r.pos]; c < '0' || c > '9' {
		return c
	}
	return 's'
}

// scalar passes over a number or a string. A number that nobody reads may be of any
// size.
func (r *reader) scalar() error {
	if r.kind() != 'i' {
		_, err := r.str()
		return err
	}
	_, err := r.integer()
	if errors.Is(err, errRange) {
		r.odd = true
		r.pos += bytes.IndexByte(r.b[r.pos:], 'e') + 1
		return nil
	}
	return err
}

// integer reads i<n>e, with leading zeros as most programs do.
func (r *reader) integer() (int64, error) {
	if r.kind() != 'i' {
		return 0, errSyntax
	}
	i := r.pos + 1
	neg := i < len(r.b) && r.b[i] == '-'
	if neg {
		i++
	}
	start, n, large := i, uint64(0), false
	for ; i < len(r.b) && i-start <= maxDigits && r.b[i] >= '0' && r.b[i] <= '9'; i++ {
		d := uint64(r.b[i] - '0')
		if large = large || n > (math.MaxInt64-d)/10; !large {
			n = n*10 + d
		}
	}
	digits := i - start
	if digits == 0 || digits > maxDigits || i >= len(r.b) || r.b[i] != 'e' {
		return 0, errSyntax
	}
	if large {
		return 0, errRange
	}
	r.odd = r.odd || (r.b[start] == '0' && (digits > 1 || neg))
	r.pos = i + 1
	if neg {
		return -int64(n), nil
	}
	return int64(n), nil
}

// str reads <n>:<bytes>, with leading zeros as most programs do.
func (r *reader) str() ([]byte, error) {
	i, n := r.pos, 0
	for ; i < len(r.b) && r.b[i] >= '0' && r.b[i] <= '9'; i++ {
		n = n*10 + int(r.b[i]-'0')
		if n > len(r.b) {
			return nil, fmt.Errorf("%w: string longer than the file", errSyntax)
		}
	}
	digits := i - r.pos
	if digits == 0 || digits > maxDigits || i >= len(r.b) || r.b[i] != ':' || n > len(r.b)-i-1 {
		return nil, errSyntax
	}
	r.odd = r.odd || (digits > 1 && r.b[r.pos] == '0')
	i++
	r.pos = i + n
	return r.b[i : i+n : i+n], nil
}

// skip passes over one value of any kind.
func (r *reader) skip() error {
	depth := 0
	for {
		switch r.kind() {
		case 'd', 'l':
			depth++
			r.pos++
		case 'e':
			depth--
			r.pos++
		default:
			if err := r.scalar(); err != nil {
				return err
			}
		}
		if depth <= 0 {
			if depth < 0 {
				return errSyntax
			}
			return nil
		}
	}
}

// raw passes over one value and returns its bytes.
func (r *reader) raw() ([]byte, error) {
	start := r.pos
	if err := r.skip(); err != nil {
		return nil, err
	}
	return r.b[start:r.pos:r.pos], nil
}

// list calls each for every element; each consumes exactly one value.
func (r *reader) list(each func() error) error {
	if r.kind() != 'l' {
		return errSyntax
	}
	r.pos++
	for r.kind() != 'e' {
		if err := each(); err != nil {
			return err
		}
	}
	r.pos++
	return nil
}

// dict calls each for every key; each consumes exactly one value. Keys out of
// order are tolerated. Of a key that comes twice the first counts, as in
// libtorrent.
func (r *reader) dict(each func(key []byte) error) error {
	seen := keySet{}
	return r.pairs(func(key []byte) error {
		if seen.add(key) {
			return each(key)
		}
		r.odd = true
		return r.skip()
	})
}

// pairs is dict for keys that may come twice.
func (r *reader) pairs(each func(key []byte) error) error {
	if r.kind() != 'd' {
		return errSyntax
	}
	r.pos++
	for n := 0; r.kind() != 'e'; n++ {
		if n == 2*MaxFiles {
			return errTokens
		}
		key, err := r.str()
		if err != nil {
			return err
		}
		if err := each(key); err != nil {
			return err
		}
	}
	r.pos++
	return nil
}

// keySet is the keys of a dictionary so far. It needs no table while they
// ascend, as they do in almost every torrent.
type keySet struct {
	ascending [][]byte
	table     map[string]bool
}

// add reports whether the key is new.
func (s *keySet) add(key []byte) bool {
	n := len(s.ascending)
	if s.table == nil && (n == 0 || bytes.Compare(s.ascending[n-1], key) < 0) {
		s.ascending = append(s.ascending, key)
		return true
	}
	if s.table == nil {
		s.table = make(map[string]bool, n+1)
		for _, k := range s.ascending {
			s.table[string(k)] = true
		}
	}
	if s.table[string(key)] {
		return false
	}
	s.table[string(key)] = true
	return true
}

// optionalStrings is strings, but passes over a value of another kind.
func (r *reader) optionalStrings(max int) ([][]byte, error) {
	if r.kind() != 'l' {
		return nil, r.skip()
	}
	return r.strings(max)
}

// strings reads a list of strings, at most max of them.
func (r *reader) strings(max int) ([][]byte, error) {
	var out [][]byte
	err := r.list(func() error {
		s, err := r.str()
		if err != nil {
			return err
		}
		if out = append(out, s); len(out) > max {
			return errDepth
		}
		return nil
	})
	return out, err
}
