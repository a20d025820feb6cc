package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// InspectionTTL is how long the answer to a pre-flight holds.
const InspectionTTL = 24 * time.Hour

// SaveInspection keeps what a source turned out to hold, for the user who asked.
func (s *Store) SaveInspection(ctx context.Context, userID uuid.UUID, sourceHash []byte, m models.Manifest) error {
	metainfo := m.Metainfo
	m.Metainfo = nil
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode inspection: %w", err)
	}
	_, err = s.exec(ctx, "save inspection", `
		insert into inspections (user_id, source_hash, manifest, metainfo, created_at) values (?, ?, ?::jsonb, ?, ?)
		on conflict (user_id, source_hash) do update
			set manifest = excluded.manifest, metainfo = excluded.metainfo, created_at = excluded.created_at`,
		userID, sourceHash, string(b), metainfo, s.Now())
	return err
}

// Inspection returns what SaveInspection kept within InspectionTTL.
func (s *Store) Inspection(ctx context.Context, userID uuid.UUID, sourceHash []byte) (models.Manifest, error) {
	var row struct {
		Manifest string
		Metainfo []byte
	}
	err := s.row(ctx, &row, "load inspection", `
		select manifest::text as manifest, metainfo from inspections
		where user_id = ? and source_hash = ? and created_at > ?`, userID, sourceHash, s.Now().Add(-InspectionTTL))
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
