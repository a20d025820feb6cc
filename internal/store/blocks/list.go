package blocks

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/page"
	"longhaul/models"
)

// shown selects a block with who added it and how many jobs it covers.
const shown = `
	select b.*, coalesce(u.email, '') as email, (select count(*) from block_marks m where m.block_id = b.id) as jobs
	from blocks b left join users u on u.id = b.actor_id `

// Block returns a block.
func (bl *Blocks) Block(ctx context.Context, id uuid.UUID) (models.Block, error) {
	var b models.Block
	err := bl.db.Row(ctx, &b, "load block", shown+`where b.id = ?`, id)
	return b, err
}

// byCreated is the order of the list.
const byCreated = "created"

// List returns a page of the blocks that match, newest first, and the cursor of
// the next one, empty on the last.
func (bl *Blocks) List(ctx context.Context, f models.BlockFilter) (out []models.Block, next string, err error) {
	if f.Kind != "" && !f.Kind.Valid() {
		return nil, "", models.Errorf(models.CodeInvalid, "Use hash, url or file.").In("kind")
	}
	var before *time.Time
	var beforeID uuid.UUID
	if f.Cursor != "" {
		c, err := page.Read(f.Cursor, byCreated, true)
		if err != nil {
			return nil, "", err
		}
		at, err := time.Parse(time.RFC3339Nano, c.Key)
		if err != nil {
			return nil, "", page.Refused().Because(err)
		}
		before, beforeID = &at, c.ID
	}
	limit := page.Size(f.Limit)
	err = bl.db.Rows(ctx, &out, "list blocks", shown+`
		where (b.lifted_at is not null) = @lifted and (@kind = '' or b.kind = @kind)
			and (@search = '' or position(@search in lower(b.value || ' ' || b.name || ' ' || b.reason)) > 0)
			and (cast(@before as timestamptz) is null or (b.created_at, b.id) < (@before, @beforeID))
		order by b.created_at desc, b.id desc limit @limit`,
		map[string]any{
			"lifted": f.Lifted, "kind": string(f.Kind), "search": strings.ToLower(strings.TrimSpace(f.Search)),
			"before": before, "beforeID": beforeID, "limit": limit + 1,
		})
	if err != nil || len(out) <= limit {
		return out, "", err
	}
	out = out[:limit]
	last := out[limit-1]
	return out, page.Cursor{By: byCreated, Desc: true, Key: last.CreatedAt.UTC().Format(time.RFC3339Nano), ID: last.ID}.String(), nil
}
