package weburl

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	maxHost  = 253  // of a name in the DNS
	maxTyped = 1024 // of a name before its escapes and letters are mapped
)

// names maps domain names as browsers do (UTS #46, not transitional), underscores
// and odd hyphens included.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
	idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule(), idna.VerifyDNSLength(false))

// Host returns the canonical form of a host as it stands in an address: lower-case
// ASCII of a name in any script, the plain form of an IPv4 address in any notation
// (0x7f.1, 2130706433), an IPv6 address in its brackets.
func Host(s string) (string, error) {
	if s == "" {
		return "", ErrNoHost
	}
	if s[0] == '[' {
		return ipv6(s)
	}
	if len(s) > maxTyped {
		return "", ErrHost
	}
	s = Unescape(s)
	if !utf8.ValidString(s) {
		return "", ErrHost
	}
	name, err := names.ToASCII(s)
	if err != nil || name == "" || len(name) > maxHost+1 || strings.ContainsFunc(name, forbidden) {
		return "", ErrHost
	}
	if endsInNumber(name) {
		return ipv4(name)
	}
	return name, nil
}

// Readable returns a canonical host in the letters of its own script.
func Readable(host string) string {
	name, err := names.ToUnicode(host)
	if err != nil {
		return host
	}
	return name
}

// forbidden reports whether no host name has the character: those that the standard
// forbids, and quotes and braces, which net/url cannot send.
func forbidden(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune("#/:<>?@[\\]^|%\"`{}", r)
}

func ipv6(s string) (string, error) {
	inner, ok := strings.CutSuffix(s[1:], "]")
	addr, err := netip.ParseAddr(inner)
	if ok && strings.IndexByte(inner, '%') >= 0 {
		return "", ErrZone
	}
	if !ok || err != nil || !addr.Is6() {
		return "", ErrHost
	}
	return "[" + addr.String() + "]", nil
}

// endsInNumber reports whether the name is an IPv4 address, right or wrong,
// because its last label is a number.
func endsInNumber(name string) bool {
	last := strings.TrimSuffix(name, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	if last != "" && strings.Trim(last, "0123456789") == "" {
		return true
	}
	_, ok := number(last)
	return ok
}

// ipv4 reads an address of one to four numbers, the last of which fills the rest.
func ipv4(name string) (string, error) {
	parts := strings.Split(strings.TrimSuffix(name, "."), ".")
	if len(parts) > 4 {
		return "", ErrHost
	}
	var value uint64
	for i, part := range parts {
		n, ok := number(part)
		shift := 8 * (3 - i)
		if i == len(parts)-1 {
			shift = 0
			ok = ok && n < 1<<(8*(5-len(parts)))
		} else {
			ok = ok && n < 256
		}
		if !ok {
			return "", ErrHost
		}
		value |= n << shift
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(value)))).String(), nil
}

// number reads a part of an IPv4 address: decimal, octal after a 0, hexadecimal
// after 0x.
func number(s string) (uint64, bool) {
	base := 10
	switch {
	case s == "":
		return 0, false
	case strings.HasPrefix(strings.ToLower(s), "0x"):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	if s == "" {
		return 0, true // 0x is a zero
	}
	if strings.Trim(s, "0123456789abcdefABCDEF") != "" {
		return 0, false // a sign or an underscore, which ParseUint may take
	}
	n, err := strconv.ParseUint(s, base, 33)
	return n, err == nil
}
