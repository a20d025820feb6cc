package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"longhaul/models"
)

// Clip cuts a string to at most n bytes, at a whole character.
func Clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// NormalEmail returns the one spelling under which an address is an account:
// NFKC and lower case, so that look-alikes of one address are one account.
func NormalEmail(raw string) (string, error) {
	bad := models.Errorf(models.CodeInvalid, "That isn't an e-mail address.").In("email")
	email := strings.ToLower(norm.NFKC.String(strings.TrimSpace(raw)))
	local, domain, ok := strings.Cut(email, "@")
	domain = strings.TrimSuffix(domain, ".")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") || !utf8.ValidString(email) {
		return "", bad
	}
	email = local + "@" + domain
	if len(email) < 3 || len(email) > 254 || strings.ContainsFunc(email, unwanted) {
		return "", bad
	}
	return email, nil
}

func unwanted(r rune) bool {
	return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>"(),;:\`, r)
}
