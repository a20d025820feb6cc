package kit

import (
	"encoding/hex"
	"net/url"
	"strings"

	"longhaul/internal/token"
	"longhaul/models"
)

// Locations reads where a takedown notice says that something is.
type Locations struct {
	OfLink func(address string) (models.NoticeItem, bool) // what a link to the files origin leads to
	App    *url.URL                                       // origin of the app, which shows the pages of shares
}

// Thing returns what a location names: what a link to the files origin leads to, or
// what it says. The address of a share's page has the hash of its secret with it.
// Nothing is looked up.
func (l Locations) Thing(location string) models.NoticeItem {
	location = strings.TrimSpace(location)
	if thing, ok := l.OfLink(location); ok {
		return thing
	}
	return models.NoticeItem{Kind: models.ItemValue, Value: location, Secret: l.share(location)}
}

// share returns the hash of the secret in the address of a share's page, in hex.
func (l Locations) share(location string) string {
	u, err := url.Parse(location)
	if err != nil || !strings.EqualFold(u.Host, l.App.Host) {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 2 || parts[0] != "s" || parts[1] == "" {
		return ""
	}
	return hex.EncodeToString(token.Hash(parts[1]))
}
