package source

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

var (
	errSyntax = errors.New("bencode: syntax")
	errDepth  = errors.New("bencode: nested too deeply")
	errTokens = errors.New("bencode: too many values")
	errKeys   = errors.New("bencode: duplicate dictionary key")
)

// scan checks that b is exactly one bencoded value within the limits of depth
// and count, in one pass and with constant memory. After it a reader cannot
// run out of stack or bytes.
func scan(b []byte) error {
	type level struct{ dict, wantKey bool }
	var stack [MaxDepth]level
	depth, tokens := 0, 0
	r := &reader{b: b}
	for {
		if tokens++; tokens > maxTokens {
			return errTokens
		}
		if r.pos >= len(b) {
			return errSyntax
		}
		var top *level
		if depth > 0 {
			top = &stack[depth-1]
		}
		c := b[r.pos]
		switch {
		case c == 'e':
			if top == nil || (top.dict && !top.wantKey) {
				return errSyntax
			}
			r.pos++
			depth--
		case top != nil && top.dict && top.wantKey:
			if _, err := r.str(); err != nil {
				return err
			}
			top.wantKey = false
			continue
		case c == 'd' || c == 'l':
			if depth == MaxDepth {
				return errDepth
			}
			stack[depth] = level{dict: c == 'd', wantKey: true}
			depth++
			r.pos++
			continue
		default:
			if err := r.scalar(); err != nil {
				return err
			}
		}
		if depth == 0 {
			break
		}
		stack[depth-1].wantKey = true
	}
	if r.pos != len(b) {
		return fmt.Errorf("%w: %d bytes follow the value", errSyntax, len(b)-r.pos)
	}
	return nil
}

// reader walks a scanned bencoded value once, from front to back, without
// copying it.
type reader struct {
	b   []byte
	pos int
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

func (r *reader) scalar() error {
	if r.kind() == 'i' {
		_, err := r.integer()
		return err
	}
	_, err := r.str()
	return err
}

// integer reads i<n>e. Leading zeros and minus zero are invalid.
func (r *reader) integer() (int64, error) {
	if r.kind() != 'i' {
		return 0, errSyntax
	}
	i := r.pos + 1
	neg := i < len(r.b) && r.b[i] == '-'
	if neg {
		i++
	}
	start, n := i, uint64(0)
	for ; i < len(r.b) && r.b[i] >= '0' && r.b[i] <= '9'; i++ {
		d := uint64(r.b[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, fmt.Errorf("%w: integer out of range", errSyntax)
		}
		n = n*10 + d
	}
	digits := i - start
	if digits == 0 || i >= len(r.b) || r.b[i] != 'e' || (r.b[start] == '0' && (digits > 1 || neg)) {
		return 0, errSyntax
	}
	r.pos = i + 1
	if neg {
		return -int64(n), nil
	}
	return int64(n), nil
}

// str reads <n>:<bytes>.
func (r *reader) str() ([]byte, error) {
	i, n := r.pos, 0
	for ; i < len(r.b) && r.b[i] >= '0' && r.b[i] <= '9'; i++ {
		n = n*10 + int(r.b[i]-'0')
		if n > len(r.b) {
			return nil, fmt.Errorf("%w: string longer than the file", errSyntax)
		}
	}
	digits := i - r.pos
	if digits == 0 || i >= len(r.b) || r.b[i] != ':' || (digits > 1 && r.b[r.pos] == '0') || n > len(r.b)-i-1 {
		return nil, errSyntax
	}
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
// order are tolerated, as most programs do, but not a key that comes twice,
// because programs disagree about which one counts.
func (r *reader) dict(each func(key []byte) error) error {
	if r.kind() != 'd' {
		return errSyntax
	}
	r.pos++
	var keys [][]byte
	for r.kind() != 'e' {
		key, err := r.str()
		if err != nil {
			return err
		}
		if keys = append(keys, key); len(keys) > 2*MaxFiles {
			return errTokens
		}
		if err := each(key); err != nil {
			return err
		}
	}
	r.pos++
	if !slices.IsSortedFunc(keys, bytes.Compare) {
		slices.SortFunc(keys, bytes.Compare)
	}
	for i := 1; i < len(keys); i++ {
		if bytes.Equal(keys[i-1], keys[i]) {
			return errKeys
		}
	}
	return nil
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
