// Package page bounds pages of lists and writes the cursors between them. It
// runs no query.
package page

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"longhaul/models"
)

// Max is how many rows a page has at most; Default when it is not told.
const (
	Default = 50
	Max     = 200
)

// Size bounds what a caller asks for.
func Size(asked int) int {
	if asked <= 0 {
		return Default
	}
	return min(asked, Max)
}

// Cursor is the last row of a page. It carries the order that it belongs to,
// and the number of all rows, which is counted with the first page only.
type Cursor struct {
	By    string    `json:"b"`
	Desc  bool      `json:"d,omitempty"`
	Key   string    `json:"k"`
	ID    uuid.UUID `json:"i"`
	Total int64     `json:"n"`
}

// String returns the cursor as callers get it.
func (c Cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return "" // a struct of strings can always be written
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Refused returns the error of a cursor that belongs to another list, or to
// none.
func Refused() *models.Error {
	return models.Errorf(models.CodeInvalid, "This cursor does not belong to this list.").In("cursor")
}

// Read reads a cursor of a list in the order. Its key is checked by the
// caller.
func Read(text, by string, desc bool) (Cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Cursor{}, Refused().Because(err)
	}
	var c Cursor
	if err := json.Unmarshal(b, &c); err != nil {
		return Cursor{}, Refused().Because(err)
	}
	if c.By != by || c.Desc != desc || strings.ContainsRune(c.Key, 0) {
		return Cursor{}, Refused()
	}
	return c, nil
}
