package store

import (
	"context"
	"regexp"

	"longhaul/models"
)

// infoHash is the form of a v1 or v2 info hash.
var infoHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// BlockHash refuses the content from now on: no job for the info hash is
// accepted any more, and one whose metadata turns out to be it ends.
func (s *Store) BlockHash(ctx context.Context, hash, reason string) error {
	if !infoHash.MatchString(hash) {
		return models.Errorf(models.CodeInvalid, "This is no info hash.").In("hash")
	}
	_, err := s.exec(ctx, "block hash", `
		insert into blocked_hashes (hash, reason, created_at) values (?, ?, ?)
		on conflict (hash) do nothing`, hash, reason, s.Now())
	return err
}
