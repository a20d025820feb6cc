package notices

import (
	"context"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Why a share that a notice names has no files to block.
const (
	refusedEmpty = "This share shows no stored file."
	refusedLarge = "This notice names shares with too many files. Block their downloads by info hash or address."
)

// withShares has the items whose address is that of a share's page name the share,
// and adds the files that it shows now, each as an item of its own. They are those
// in storage, be they in the trash or blocked already, so that no owner keeps
// content by hiding it until the notice is decided. All shares of a notice come to
// as many files as a notice may have items; one that goes beyond is refused.
func (nt *Notices) withShares(ctx context.Context, items []models.NoticeItem) ([]models.NoticeItem, error) {
	named, err := nt.sharesOf(ctx, items)
	if err != nil || len(named) == 0 {
		return items, err
	}
	at, kept := map[uuid.UUID]int{}, make([]models.NoticeItem, 0, len(items))
	var ids []uuid.UUID
	for _, i := range items {
		if id, ok := named[i.Secret]; ok {
			if _, twice := at[id]; twice {
				continue
			}
			i.Kind, i.Value, at[id] = models.ItemShare, id.String(), len(kept)
			ids = append(ids, id)
		}
		kept = append(kept, i)
	}
	files, whole, err := nt.filesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	next := items[len(items)-1].N + 1
	for n, id := range ids {
		share := kept[at[id]].N
		switch {
		case n >= whole:
			kept[at[id]].Refusal = refusedLarge
		case len(files[id]) == 0:
			kept[at[id]].Refusal = refusedEmpty
		default:
			for _, f := range files[id] {
				kept = append(kept, models.NoticeItem{N: next, Kind: models.ItemFile, Value: f.String(), PartOf: &share})
				next++
			}
		}
	}
	return kept, nil
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

// filesOf returns the stored files of each share, and how many of the shares it
// read to their end.
func (nt *Notices) filesOf(ctx context.Context, shares []uuid.UUID) (files map[uuid.UUID][]uuid.UUID, whole int, err error) {
	var rows []struct {
		At              int
		ShareID, FileID uuid.UUID
	}
	err = nt.db.Rows(ctx, &rows, "list files of shares that a notice names", `
		select s.at, i.share_id, f.id as file_id from unnest(cast(? as uuid[])) with ordinality s(id, at) join share_items i on i.share_id = s.id
			join lateral (
				select * from files where id = i.file_id
				union all select * from files where i.file_id is null and job_id = i.job_id and (i.folder = '' or starts_with(path, i.folder || '/'))) f
				on f.state in ('stored', 'trashed')
		order by s.at, i.position, f.idx limit ?`, postgres.Array[uuid.UUID](shares), models.MaxNoticeItems+1)
	whole = len(shares)
	if len(rows) > models.MaxNoticeItems {
		whole = rows[models.MaxNoticeItems].At - 1 // ordinality begins at 1
	}
	files = make(map[uuid.UUID][]uuid.UUID, len(shares))
	for _, r := range rows {
		files[r.ShareID] = append(files[r.ShareID], r.FileID)
	}
	return files, whole, err
}
