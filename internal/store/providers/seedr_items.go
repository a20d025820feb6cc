package providers

import (
	"context"

	"gorm.io/gorm/clause"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// SeedrItems returns what is on the Seedr account for jobs, by info hash.
func (w *Worker) SeedrItems(ctx context.Context) (map[string]models.SeedrItem, error) {
	var rows []models.SeedrItem
	if err := w.pr.db.Conn(ctx).Order("added_at").Find(&rows).Error; err != nil {
		return nil, postgres.Translate(err, "list Seedr items")
	}
	out := make(map[string]models.SeedrItem, len(rows))
	for _, i := range rows {
		out[i.InfoHash] = i
	}
	return out, nil
}

// SeedrItem returns what is on the Seedr account for the content.
func (pr *Providers) SeedrItem(ctx context.Context, infoHash string) (models.SeedrItem, error) {
	var i models.SeedrItem
	err := pr.db.Conn(ctx).Where("info_hash = ?", infoHash).Take(&i).Error
	return i, postgres.Translate(err, "load Seedr item")
}

// SaveSeedrItem writes an item, new or known. One that is complete or given up
// stays so: who writes otherwise has seen an older listing.
func (w *Worker) SaveSeedrItem(ctx context.Context, i models.SeedrItem) error {
	newer := clause.Expr{SQL: "(excluded.done_at is not null or seedr_items.done_at is null) and (excluded.released or not seedr_items.released)"}
	err := w.pr.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true, Where: clause.Where{Exprs: []clause.Expression{newer}}}).Create(&i).Error
	return postgres.Translate(err, "save Seedr item")
}

// ClaimSeedrItem announces an add, and reports whether the caller should make
// it: no one else has announced it, and an attempt still needs it.
func (w *Worker) ClaimSeedrItem(ctx context.Context, i models.SeedrItem) (bool, error) {
	claimed := false
	err := w.pr.db.Tx(ctx, func(ctx context.Context) error {
		var needed bool
		claimed = false
		err := w.pr.db.Row(ctx, &needed, "look for attempts that need an add", `
			select exists (select from job_attempts a join jobs j on j.id = a.job_id
				where a.provider = ? and a.state = ? and j.info_hash_v1 = ?)`,
			models.ProviderSeedr, models.AttemptOpen, i.InfoHash)
		if err != nil || !needed {
			return err
		}
		res := w.pr.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&i)
		claimed = res.RowsAffected == 1
		return postgres.Translate(res.Error, "announce add")
	})
	return claimed, err
}

// DropSeedrItem forgets an item of which the account holds nothing any more.
func (w *Worker) DropSeedrItem(ctx context.Context, infoHash string) error {
	_, err := w.pr.db.Exec(ctx, "drop Seedr item", `delete from seedr_items where info_hash = ?`, infoHash)
	return err
}
