// Package sources keeps what is known of sources before anything is fetched:
// what a pre-flight found. It looks into no source and refuses no job.
package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// Sources keeps what is known of sources.
type Sources struct {
	db *postgres.DB
}

// New returns the sources of the database.
func New(db *postgres.DB) *Sources {
	return &Sources{db: db}
}

// Worker returns the methods that only the worker may use.
func (so *Sources) Worker() *Worker { return &Worker{so} }

// Worker tidies up answers of pre-flights.
type Worker struct{ so *Sources }

// InspectionTTL is how long the answer to a pre-flight holds.
const InspectionTTL = 24 * time.Hour

// SaveInspection keeps what a source turned out to hold, for the user who asked.
func (so *Sources) SaveInspection(ctx context.Context, userID uuid.UUID, sourceHash []byte, m models.Manifest) error {
	metainfo := m.Metainfo
	m.Metainfo = nil
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode inspection: %w", err)
	}
	_, err = so.db.Exec(ctx, "save inspection", `
		insert into inspections (user_id, source_hash, manifest, metainfo, created_at) values (?, ?, ?::jsonb, ?, ?)
		on conflict (user_id, source_hash) do update
			set manifest = excluded.manifest, metainfo = excluded.metainfo, created_at = excluded.created_at`,
		userID, sourceHash, string(b), metainfo, so.db.Now())
	return err
}

// Inspection returns what SaveInspection kept within InspectionTTL.
func (so *Sources) Inspection(ctx context.Context, userID uuid.UUID, sourceHash []byte) (models.Manifest, error) {
	var row struct {
		Manifest string
		Metainfo []byte
	}
	err := so.db.Row(ctx, &row, "load inspection", `
		select manifest::text as manifest, metainfo from inspections
		where user_id = ? and source_hash = ? and created_at > ?`, userID, sourceHash, so.db.Now().Add(-InspectionTTL))
	if err != nil {
		return models.Manifest{}, err
	}
	var m models.Manifest
	if err := json.Unmarshal([]byte(row.Manifest), &m); err != nil {
		return models.Manifest{}, fmt.Errorf("decode inspection: %w", err)
	}
	m.Metainfo = row.Metainfo
	return m, nil
}

// PruneInspections removes pre-flight answers from before the time.
func (w *Worker) PruneInspections(ctx context.Context, before time.Time) (int64, error) {
	return w.so.db.Exec(ctx, "prune inspections", `delete from inspections where created_at < ?`, before)
}
