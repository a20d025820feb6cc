package source

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"longhaul/internal/weburl"
	"longhaul/models"
)

// LeadsTo returns the source that an address turned out to lead to, by what was
// found at it: the torrent that it sends, or the magnet link that it redirects to.
// It reports false if the address is that of a file. The login stays behind: the
// torrent is known now.
func LeadsTo(asked models.Source, found models.Manifest) (models.Source, bool, error) {
	if asked.Kind != models.SourceURL || len(found.Metainfo) == 0 {
		return asked, false, nil
	}
	to := models.Source{
		Kind: models.SourceTorrent, Name: found.Name, Private: found.Private, Metainfo: found.Metainfo,
		InfoHashV1: found.InfoHashV1, InfoHashV2: found.InfoHashV2, Origin: asked.URI,
	}
	if found.Magnet != "" {
		link, err := ParseMagnet(found.Magnet)
		if err != nil {
			return asked, false, err
		}
		to.Kind, to.URI, to.Select = models.SourceMagnet, link.URI, link.Select
	}
	return to, true, nil
}

// Readable returns an address as a person reads it: host and path in their own
// letters, without the query, which may hold a secret.
func Readable(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return ""
	}
	host := weburl.Readable(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		text := weburl.Unescape(part)
		if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r == '/' || r == '\\' || !unicode.IsPrint(r) }) {
			parts[i] = text
		}
	}
	return u.Scheme + "://" + host + strings.Join(parts, "/")
}
