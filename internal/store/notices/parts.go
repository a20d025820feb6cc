package notices

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Why what a notice names has no files to block.
const (
	refusedEmpty = "This shows no stored file."
	refusedLarge = "This notice names shares and zips with too many files. Block their downloads by info hash or address."
)

// withParts has the items whose address is that of a share's page or of a
// thumbnail name the share or the file, and adds the files of each share and zip as
// items of their own: those that it has now and that are in storage, be they in the
// trash or blocked already, so that no owner keeps content by hiding it until the
// notice is decided. All of a notice come to as many files as a notice may have
// items; what goes beyond is refused.
func (nt *Notices) withParts(ctx context.Context, items []models.NoticeItem) ([]models.NoticeItem, error) {
	items, err := nt.resolved(ctx, items)
	if err != nil {
		return nil, err
	}
	var whole []models.NoticeItem
	for _, i := range items {
		if i.Kind.HasParts() {
			whole = append(whole, i)
		}
	}
	if len(whole) == 0 {
		return items, nil
	}
	files, complete, err := nt.filesOf(ctx, whole)
	if err != nil {
		return nil, err
	}
	next := items[len(items)-1].N + 1
	var parts []models.NoticeItem
	at := 0
	for k := range items {
		i := &items[k]
		if !i.Kind.HasParts() {
			continue
		}
		n := i.N
		switch {
		case at >= complete:
			i.Refusal = refusedLarge
		case len(files[at]) == 0:
			i.Refusal = refusedEmpty
		default:
			for _, f := range files[at] {
				parts = append(parts, models.NoticeItem{N: next, Kind: models.ItemFile, Value: f.String(), PartOf: &n})
				next++
			}
		}
		at++
	}
	return append(items, parts...), nil
}

// resolved returns the items with those that lead to shares and thumbnails looked
// up, and each thing once.
func (nt *Notices) resolved(ctx context.Context, items []models.NoticeItem) ([]models.NoticeItem, error) {
	shares, err := nt.sharesOf(ctx, items)
	if err != nil {
		return nil, err
	}
	pictures, err := nt.picturesOf(ctx, items)
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(items))
	out := make([]models.NoticeItem, 0, len(items))
	for _, i := range items {
		if id, ok := shares[i.Secret]; ok {
			i.Kind, i.Value = models.ItemShare, id.String()
		}
		if id, ok := pictures[i.N]; ok {
			i.Kind, i.Value = models.ItemFile, id.String()
		}
		if what := string(i.Kind) + i.Value; !seen[what] {
			seen[what] = true
			out = append(out, i)
		}
	}
	return out, nil
}

// sharesOf returns the shares whose pages the items name, by the hash of their
// secret.
func (nt *Notices) sharesOf(ctx context.Context, items []models.NoticeItem) (map[string]uuid.UUID, error) {
	var secrets []string
	for _, i := range items {
		if i.Secret != "" {
			secrets = append(secrets, i.Secret)
		}
	}
	if len(secrets) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID     uuid.UUID
		Secret string
	}
	err := nt.db.Rows(ctx, &rows, "look for shares that a notice names", `
		select id, encode(token_hash, 'hex') as secret from shares
		where token_hash in (select decode(h, 'hex') from unnest(cast(? as text[])) h)`, postgres.Array[string](secrets))
	out := make(map[string]uuid.UUID, len(rows))
	for _, r := range rows {
		out[r.Secret] = r.ID
	}
	return out, err
}

// picturesOf returns the files of whose thumbnails the items are addresses, by the
// numbers of the items.
func (nt *Notices) picturesOf(ctx context.Context, items []models.NoticeItem) (map[int]uuid.UUID, error) {
	var shares []uuid.UUID
	var numbers, positions, indexes []int
	for _, i := range items {
		if i.Share == uuid.Nil {
			continue
		}
		position, index := models.SharedPlace(i.Ref)
		shares, numbers, positions, indexes = append(shares, i.Share), append(numbers, i.N), append(positions, position), append(indexes, index)
	}
	if len(shares) == 0 {
		return nil, nil
	}
	var rows []struct {
		N  int
		ID uuid.UUID
	}
	err := nt.db.Rows(ctx, &rows, "look for photos whose thumbnails a notice names", `
		select p.n, f.id from unnest(cast(? as uuid[]), cast(? as bigint[]), cast(? as bigint[]), cast(? as bigint[])) p(share, n, position, idx)
			join share_items i on i.share_id = p.share and i.position = p.position
			join files f on f.job_id = i.job_id and f.idx = p.idx and (i.file_id is null or f.id = i.file_id)`,
		postgres.Array[uuid.UUID](shares), postgres.Array[int](numbers), postgres.Array[int](positions), postgres.Array[int](indexes))
	out := make(map[int]uuid.UUID, len(rows))
	for _, r := range rows {
		out[r.N] = r.ID
	}
	return out, err
}

// filesOf returns the stored files of each share or zip, in the order of the items,
// and how many of them it read to their end.
func (nt *Notices) filesOf(ctx context.Context, items []models.NoticeItem) (files [][]uuid.UUID, complete int, err error) {
	var kinds, ids []string
	for _, i := range items {
		kinds, ids = append(kinds, string(i.Kind)), append(ids, i.Value)
	}
	var rows []struct {
		At int // from 1
		ID uuid.UUID
	}
	err = nt.db.Rows(ctx, &rows, "list files of what a notice names", `
		select w.at, f.id from unnest(cast(? as text[]), cast(cast(? as text[]) as uuid[])) with ordinality w(kind, id, at)
			join lateral (
				select f.id, i.position, f.idx, f.state from share_items i join files f on f.id = i.file_id where w.kind = 'share' and i.share_id = w.id
				union all select f.id, i.position, f.idx, f.state from share_items i join files f on f.job_id = i.job_id
					where w.kind = 'share' and i.share_id = w.id and i.file_id is null and (i.folder = '' or starts_with(f.path, i.folder || '/'))
				union all select f.id, 0, f.idx, f.state from files f where w.kind = 'job' and f.job_id = w.id
				union all select f.id, z.at, f.idx, f.state from selections s cross join lateral unnest(s.files) with ordinality z(id, at) join files f on f.id = z.id
					where w.kind = 'zip' and s.id = w.id) f
				on f.state in ('stored', 'trashed')
		order by w.at, f.position, f.idx limit ?`, postgres.Array[string](kinds), postgres.Array[string](ids), models.MaxNoticeItems+1)
	complete = len(items)
	if len(rows) > models.MaxNoticeItems {
		complete = rows[models.MaxNoticeItems].At - 1
	}
	files = make([][]uuid.UUID, len(items))
	for _, r := range rows {
		files[r.At-1] = append(files[r.At-1], r.ID)
	}
	return files, complete, err
}
