package admin

import (
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// patched is a member of a patch that may be left out, null, or a value.
type patched[T int | int64] struct {
	sent  bool
	value *T
}

// UnmarshalJSON is called only when the member is there.
func (p *patched[T]) UnmarshalJSON(b []byte) error {
	p.sent = true
	if err := json.Unmarshal(b, &p.value); err != nil {
		return fmt.Errorf("read a number or null: %w", err)
	}
	return nil
}

// Schema returns that of a number or null.
func (patched[T]) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Nullable: true}
}

// apply changes the limit if the member was sent.
func (p patched[T]) apply(to **T) {
	if p.sent {
		*to = p.value
	}
}

// set changes the field if the member was sent.
func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}
