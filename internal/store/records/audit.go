package records

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/postgres"
	"longhaul/models"
)

// secretWords in a member's name keep its value out of the audit log.
var secretWords = []string{"password", "secret", "credential", "hash", "cookie", "recovery"}

// RecordAudit appends to the audit log, in the caller's transaction if there is
// one: the act and its entry happen together or not at all. It should come
// last, as no other entry can be written until the transaction ends. Id, time
// and hashes of e are made; members of Before and After that are named like
// secrets are hidden.
func (r *Records) RecordAudit(ctx context.Context, e models.AuditEntry) error {
	before, err := auditText(e.Before)
	if err != nil {
		return err
	}
	after, err := auditText(e.After)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(ctx context.Context) error {
		if err := r.db.Lock(ctx, postgres.LockAudit, ""); err != nil {
			return err
		}
		last, err := r.auditHead(ctx)
		if err != nil {
			return err
		}
		row := auditRow{
			Link: last.next(), At: r.db.Now(), ActorID: e.ActorID, ActorKind: string(e.ActorKind), Action: string(e.Action),
			TargetKind: e.TargetKind, TargetID: e.TargetID, IP: e.IP, Before: before, After: after,
		}
		row.Link.Hash = row.sum()
		return postgres.Translate(r.db.Conn(ctx).Create(&row).Error, "append to audit log")
	})
}

// lookEvery is how often the same look of the same person is audited: pages
// refresh, and the log would drown in it. Among the entries of one target, so
// many of the newest are searched for it, however long the log is.
const (
	lookEvery = time.Hour
	lookBack  = 1000
)

// RecordLook appends to the audit log that someone looked at something, unless
// the log has the same of them from within the hour.
func (r *Records) RecordLook(ctx context.Context, e models.AuditEntry) error {
	after, err := auditText(e.After)
	if err != nil {
		return err
	}
	var known bool
	err = r.db.Row(ctx, &known, "look for the same look", `
		select exists (
			select from (select * from audit_log where target_kind = ? and target_id = ? order by id desc limit ?) newest
			where actor_id = ? and action = ? and at > ? and after::text is not distinct from ?)`,
		e.TargetKind, e.TargetID, lookBack, e.ActorID, e.Action, r.db.Now().Add(-lookEvery), after)
	if err != nil || known {
		return err
	}
	return r.RecordAudit(ctx, e)
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
	Link       chainLink `gorm:"embedded"`
	At         time.Time
	ActorID    *uuid.UUID
	ActorKind  string
	Action     string
	TargetKind string
	TargetID   string
	IP         string
	Before     *string
	After      *string
}

// TableName returns the table of the audit log.
func (auditRow) TableName() string { return "audit_log" }

func (r auditRow) link() chainLink { return r.Link }

func (r auditRow) sum() []byte {
	actor := ""
	if r.ActorID != nil {
		actor = r.ActorID.String()
	}
	return chainSum("longhaul audit 1", hex.EncodeToString(r.Link.PrevHash), r.Link.ID, r.At.UTC().UnixMicro(), r.ActorKind, actor, r.Action,
		r.TargetKind, r.TargetID, r.IP, r.Before, r.After)
}

// auditHead returns the newest entry's id and hash.
func (r *Records) auditHead(ctx context.Context) (chainLink, error) {
	var last chainLink
	err := r.db.Row(ctx, &last, "load end of audit log", `select id, hash from audit_log order by id desc limit 1`)
	if models.IsNotFound(err) {
		return chainStart(), nil
	}
	return last, err
}

// VerifyAudit follows the audit log's chain from its first entry and reports
// whether every hash matches. Entries cut off at the end don't show in the log
// itself: compare the head with one kept elsewhere, see AuditHashOf.
func (r *Records) VerifyAudit(ctx context.Context) (models.ChainCheck, error) {
	return follow(chainStart(), func(after int64) ([]auditRow, error) {
		var batch []auditRow
		err := r.db.Rows(ctx, &batch, "read audit log", `
			select id, at, actor_id, actor_kind, action, target_kind, target_id, ip, before::text as before,
				after::text as after, prev_hash, hash
			from audit_log where id > ? order by id limit ?`, after, chainBatch)
		return batch, err
	})
}

// AuditHashOf returns the hash of an entry; not_found if there is none.
func (r *Records) AuditHashOf(ctx context.Context, id int64) ([]byte, error) {
	var link chainLink
	err := r.db.Row(ctx, &link, "load audit hash", `select id, hash from audit_log where id = ?`, id)
	return link.Hash, err
}
