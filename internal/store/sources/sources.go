// Package sources keeps what is known of sources before anything is fetched:
// what a pre-flight found, and which content is blocked here. It looks into no
// source and refuses no job on its own.
package sources

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
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

// infoHash is the form of a v1 or v2 info hash.
var infoHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// BlockHash refuses the content from now on: no job for the info hash is
// accepted any more, and one whose metadata turns out to be it ends.
func (so *Sources) BlockHash(ctx context.Context, hash, reason string) error {
	if !infoHash.MatchString(hash) {
		return models.Errorf(models.CodeInvalid, "This is no info hash.").In("hash")
	}
	_, err := so.db.Exec(ctx, "block hash", `
		insert into blocked_hashes (hash, reason, created_at) values (?, ?, ?)
		on conflict (hash) do nothing`, hash, reason, so.db.Now())
	return err
}

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

// Blocked reports whether one of the info hashes is blocked by policy.
func (so *Sources) Blocked(ctx context.Context, hashes []string) (bool, error) {
	var blocked bool
	err := so.db.Row(ctx, &blocked, "look up blocked hashes",
		`select exists (select from blocked_hashes where hash = any(?))`, postgres.Array[string](hashes))
	return blocked, err
}

// Refuse refuses a job whose content is blocked.
func (so *Sources) Refuse(ctx context.Context, job models.Job) error {
	blocked, err := so.Blocked(ctx, hashesOf(job))
	if err == nil && blocked {
		return models.Fault(models.ProblemBlockedContent, "This content is blocked here.")
	}
	return err
}

// PruneInspections removes pre-flight answers from before the time.
func (w *Worker) PruneInspections(ctx context.Context, before time.Time) (int64, error) {
	return w.so.db.Exec(ctx, "prune inspections", `delete from inspections where created_at < ?`, before)
}

func hashesOf(job models.Job) []string {
	var out []string
	for _, h := range []*string{job.InfoHashV1, job.InfoHashV2} {
		if h != nil {
			out = append(out, *h)
		}
	}
	return out
}
