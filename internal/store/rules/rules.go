// Package rules keeps what applies to a user's submits where they choose nothing
// else. It does not apply it: who reads a submission does.
package rules

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"longhaul/internal/store/labels"
	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Rules keeps the rules.
type Rules struct {
	db     *postgres.DB
	labels *labels.Labels
}

// New returns the rules of the database.
func New(db *postgres.DB, l *labels.Labels) *Rules { return &Rules{db, l} }

type row struct {
	UserID      uuid.UUID `gorm:"primaryKey"`
	LabelID     *uuid.UUID
	FileRules   models.FileRules `gorm:"column:file_filter;serializer:json"`
	StartPaused bool
	Provider    models.Provider
	UpdatedAt   time.Time
}

// TableName names the table.
func (row) TableName() string { return "download_rules" }

// Rules returns the user's rules; without any, those that change nothing.
func (rs *Rules) Rules(ctx context.Context, userID uuid.UUID) (models.Rules, error) {
	var found []row
	err := rs.db.Conn(ctx).Where("user_id = ?", userID).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return models.Rules{}, postgres.Translate(err, "load rules")
	}
	r := found[0]
	return models.Rules{LabelID: r.LabelID, Files: r.FileRules, StartPaused: r.StartPaused, Provider: r.Provider}, nil
}

// SaveRules replaces the user's rules. They apply to what is submitted from then
// on.
func (rs *Rules) SaveRules(ctx context.Context, userID uuid.UUID, r models.Rules) (models.Rules, error) {
	var err error
	if r.Files, err = r.Files.Checked(); err != nil {
		return r, err
	}
	if r.Provider != "" && !r.Provider.Valid() {
		return r, models.Errorf(models.CodeInvalid, "Use agent or seedr.").In("provider")
	}
	err = rs.db.Tx(ctx, func(ctx context.Context) error {
		if r.LabelID != nil {
			if err := rs.labels.Own(ctx, userID, []uuid.UUID{*r.LabelID}); err != nil {
				return err
			}
		}
		saved := row{UserID: userID, LabelID: r.LabelID, FileRules: r.Files, StartPaused: r.StartPaused, Provider: r.Provider, UpdatedAt: rs.db.Now()}
		err := rs.db.Conn(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&saved).Error
		return postgres.Translate(err, "save rules")
	})
	return r, err
}
