package delivery

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/token"
	"longhaul/models"
)

// linkKind is how a takedown notice reads one kind of link to the files origin.
type linkKind struct {
	purpose token.Purpose
	size    int // of the payload
	// thing returns what the payload names; rest is what follows the token in the
	// path.
	thing func(payload []byte, rest []string) (models.NoticeItem, bool)
}

// linkKinds are the links to the files origin, by what their paths begin with.
func linkKinds() map[string]linkKind {
	granted := func(kind models.NoticeItemKind) func([]byte, []string) (models.NoticeItem, bool) {
		return func(payload []byte, _ []string) (models.NoticeItem, bool) { return named(kind, grantOf(payload).id) }
	}
	shared := func(kind models.NoticeItemKind) func([]byte, []string) (models.NoticeItem, bool) {
		return func(payload []byte, _ []string) (models.NoticeItem, bool) {
			return named(kind, sharedGrantOf(payload).item)
		}
	}
	return map[string]linkKind{
		"f":  {token.PurposeFile, grantSize, granted(models.ItemFile)},
		"h":  {token.PurposeStream, grantSize, granted(models.ItemFile)},
		"z":  {token.PurposeArchive, grantSize, granted(models.ItemJob)},
		"p":  {token.PurposeSelection, grantSize, granted(models.ItemZip)},
		"s":  {token.PurposeShared, sharedSize, shared(models.ItemFile)},
		"hs": {token.PurposeSharedStream, sharedSize, shared(models.ItemFile)},
		"sz": {token.PurposeSharedArchive, sharedSize, shared(models.ItemShare)},
		"t":  {token.PurposeThumbnails, sharedSize, pictured},
	}
}

func named(kind models.NoticeItemKind, id uuid.UUID) (models.NoticeItem, bool) {
	return models.NoticeItem{Kind: kind, Value: id.String()}, true
}

// pictured returns what a visitor's thumbnail shows: a file by its number in the
// share, which is looked up later.
func pictured(payload []byte, rest []string) (models.NoticeItem, bool) {
	if len(rest) == 0 {
		return named(models.ItemShare, sharedGrantOf(payload).visit.ShareID)
	}
	ref, err := strconv.ParseUint(rest[0], 10, 52)
	return models.NoticeItem{Kind: models.ItemValue, Share: sharedGrantOf(payload).visit.ShareID, Ref: int64(ref)}, err == nil
}

// OfLink returns what a link to the files origin leads to, for a takedown notice
// that names the link. One that has expired is read, too: this opens nothing.
func (s *Service) OfLink(address string) (models.NoticeItem, bool) {
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Host, s.url.Host) {
		return models.NoticeItem{}, false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	kind, ok := linkKinds()[parts[0]]
	if !ok || len(parts) < 2 {
		return models.NoticeItem{}, false
	}
	payload, _, err := s.links.signer.keys.Verify(kind.purpose, parts[1], time.Time{})
	if err != nil || len(payload) != kind.size {
		return models.NoticeItem{}, false
	}
	thing, ok := kind.thing(payload, parts[2:])
	if thing.Kind == models.ItemValue {
		thing.Value = address
	}
	return thing, ok
}
