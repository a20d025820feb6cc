package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/models"
)

// secretWords in a member's name keep its value out of the audit log.
var secretWords = []string{"password", "secret", "credential", "hash", "cookie", "recovery"} //nolint:gochecknoglobals // a constant list

// RecordAudit appends to the audit log, in the caller's transaction if there is
// one: the act and its entry happen together or not at all. It should come
// last, as no other entry can be written until the transaction ends. Id, time
// and hashes of e are made; members of Before and After that are named like
// secrets are hidden.
func (s *Store) RecordAudit(ctx context.Context, e models.AuditEntry) error {
	before, err := auditText(e.Before)
	if err != nil {
		return err
	}
	after, err := auditText(e.After)
	if err != nil {
		return err
	}
	return s.Tx(ctx, func(s *Store) error {
		if err := s.lock(ctx, lockAudit, ""); err != nil {
			return err
		}
		last, err := s.auditHead(ctx)
		if err != nil {
			return err
		}
		row := auditRow{
			ID: last.ID + 1, At: s.Now(), ActorID: e.ActorID, ActorKind: string(e.ActorKind), Action: string(e.Action),
			TargetKind: e.TargetKind, TargetID: e.TargetID, IP: e.IP, Before: before, After: after, PrevHash: last.Hash,
		}
		_, err = s.exec(ctx, "append to audit log", `
			insert into audit_log (id, at, actor_id, actor_kind, action, target_kind, target_id, ip, before, after, prev_hash, hash)
			values (?, ?, ?, ?, ?, ?, ?, ?, cast(? as json), cast(? as json), ?, ?)`,
			row.ID, row.At, row.ActorID, row.ActorKind, row.Action, row.TargetKind, row.TargetID, row.IP,
			row.Before, row.After, array{row.PrevHash}, array{row.sum()})
		return err
	})
}

// auditText encodes what was or is.
func auditText(v map[string]any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(hideSecrets(v))
	if err != nil {
		return nil, fmt.Errorf("encode for the audit log: %w", err)
	}
	text := string(b)
	return &text, nil
}

func hideSecrets(v map[string]any) map[string]any {
	out := make(map[string]any, len(v))
	for name, value := range v {
		inner, nested := value.(map[string]any)
		switch {
		case soundsSecret(name):
			value = "(hidden)"
		case nested:
			value = hideSecrets(inner)
		}
		out[name] = value
	}
	return out
}

func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	for _, w := range secretWords {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// auditRow is an entry with before and after as their text, over which the
// hash goes.
type auditRow struct {
	ID         int64
	At         time.Time
	ActorID    *uuid.UUID
	ActorKind  string
	Action     string
	TargetKind string
	TargetID   string
	IP         string
	Before     *string
	After      *string
	PrevHash   []byte
	Hash       []byte
}

// sum returns the hash that the entry must have: SHA-256 of a JSON array of
// the hash before it and its own content.
func (r auditRow) sum() []byte {
	actor := ""
	if r.ActorID != nil {
		actor = r.ActorID.String()
	}
	b, err := json.Marshal([]any{
		"longhaul audit 1", hex.EncodeToString(r.PrevHash), r.ID, r.At.UTC().UnixMicro(), r.ActorKind, actor, r.Action,
		r.TargetKind, r.TargetID, r.IP, r.Before, r.After,
	})
	if err != nil {
		return nil // texts and numbers can always be encoded
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// auditHead returns the newest entry's id and hash, as zeros when there is
// none.
func (s *Store) auditHead(ctx context.Context) (auditRow, error) {
	var last auditRow
	err := s.row(ctx, &last, "load end of audit log", `select id, hash from audit_log order by id desc limit 1`)
	if isNotFound(err) {
		return auditRow{Hash: make([]byte, sha256.Size)}, nil
	}
	return last, err
}

// auditBatch is how many entries a check reads at once.
const auditBatch = 1000

// VerifyAudit follows the audit log's chain from its first entry and tells
// whether every hash fits. What was cut off at the end cannot be seen in the
// log itself: compare the head with one that was noted elsewhere, see
// AuditHashOf.
func (s *Store) VerifyAudit(ctx context.Context) (models.AuditCheck, error) {
	check, last := models.AuditCheck{}, auditRow{Hash: make([]byte, sha256.Size)}
	for {
		var batch []auditRow
		err := s.rows(ctx, &batch, "read audit log", `
			select id, at, actor_id, actor_kind, action, target_kind, target_id, ip, before::text as before,
				after::text as after, prev_hash, hash
			from audit_log where id > ? order by id limit ?`, last.ID, auditBatch)
		if err != nil {
			return models.AuditCheck{}, err
		}
		for _, r := range batch {
			check.Entries++
			if fault := r.misfit(last); fault != "" {
				check.BrokenID, check.Fault = r.ID, fault
				return check, nil
			}
			last = r
		}
		check.HeadID, check.HeadHash = last.ID, last.Hash
		if len(batch) < auditBatch {
			return check, nil
		}
	}
}

// misfit says why the entry cannot be the one after last, "" if it can.
func (r auditRow) misfit(last auditRow) string {
	switch {
	case r.ID != last.ID+1:
		return fmt.Sprintf("Entry %d is missing.", last.ID+1)
	case !bytes.Equal(r.PrevHash, last.Hash):
		return "It does not follow the entry before it, which was changed or replaced."
	case !bytes.Equal(r.Hash, r.sum()):
		return "Its content was changed after it was written."
	default:
		return ""
	}
}

// AuditHashOf returns the hash of an entry; not_found if there is none.
func (s *Store) AuditHashOf(ctx context.Context, id int64) ([]byte, error) {
	var r auditRow
	err := s.row(ctx, &r, "load audit hash", `select id, hash from audit_log where id = ?`, id)
	return r.Hash, err
}
