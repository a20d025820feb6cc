package records

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"longhaul/models"
)

// chainLink is what a row in a hash chain has besides its content: each hash
// covers the content and the previous hash.
type chainLink struct {
	ID       int64
	PrevHash []byte
	Hash     []byte
}

// next returns the link of the row that follows, without its hash.
func (l chainLink) next() chainLink { return chainLink{ID: l.ID + 1, PrevHash: l.Hash} }

// chained is a row of such a table.
type chained interface {
	link() chainLink
	// sum returns the hash that the row must have.
	sum() []byte
}

// chainStart is what the first row follows.
func chainStart() chainLink { return chainLink{Hash: make([]byte, sha256.Size)} }

// chainSum returns the SHA-256 of a JSON array of what a hash covers.
func chainSum(parts ...any) []byte {
	b, err := json.Marshal(parts)
	if err != nil {
		return nil // texts and numbers can always be encoded
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// chainBatch is how many rows a check reads at once.
const chainBatch = 1000

// follow checks a chain's rows behind last. It reads them by next, which
// returns up to chainBatch rows with an id beyond the given one, in order.
func follow[R chained](last chainLink, next func(after int64) ([]R, error)) (models.ChainCheck, error) {
	check := models.ChainCheck{}
	for {
		batch, err := next(last.ID)
		if err != nil {
			return models.ChainCheck{}, err
		}
		for _, r := range batch {
			check.Entries++
			if fault := misfit(last, r); fault != "" {
				check.BrokenID, check.Fault = r.link().ID, fault
				return check, nil
			}
			last = r.link()
		}
		check.HeadID, check.HeadHash = last.ID, last.Hash
		if len(batch) < chainBatch {
			return check, nil
		}
	}
}

// misfit says why the row cannot be the one after last, "" if it can.
func misfit(last chainLink, row chained) string {
	r := row.link()
	switch {
	case r.ID != last.ID+1:
		return fmt.Sprintf("Entry %d is missing.", last.ID+1)
	case !bytes.Equal(r.PrevHash, last.Hash):
		return "It doesn't follow the previous entry, which was changed or replaced."
	case !bytes.Equal(r.Hash, row.sum()):
		return "Its content was changed after it was written."
	default:
		return ""
	}
}
