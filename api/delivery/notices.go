package delivery

import (
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/token"
)

// FileOfLink returns the file that a download link, or one of a visitor of a share,
// leads to, for a takedown notice that names the link. An expired link is read, too: this opens nothing.
func (s *Service) FileOfLink(address string) (uuid.UUID, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host != s.url.Host {
		return uuid.Nil, false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) >= 2 && parts[0] == "s" {
		payload, _, err := s.links.signer.keys.Verify(token.PurposeShared, parts[1], time.Time{})
		if err != nil || len(payload) != sharedSize {
			return uuid.Nil, false
		}
		return sharedGrantOf(payload).item, true
	}
	if len(parts) < 2 || parts[0] != "f" {
		return uuid.Nil, false
	}
	payload, _, err := s.links.signer.keys.Verify(token.PurposeFile, parts[1], time.Time{})
	if err != nil || len(payload) != grantSize {
		return uuid.Nil, false
	}
	return uuid.UUID(payload[17:33]), true
}
