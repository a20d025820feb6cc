package records_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func act(n int) models.AuditEntry {
	id := uuid.New()
	return models.AuditEntry{
		ActorID: &id, ActorKind: models.ActorAdmin, Action: models.AuditAgentCordoned, TargetKind: "agent",
		TargetID: fmt.Sprint("agent-", n), IP: "192.0.2.1",
		Before: map[string]any{"state": "active", "n": 1.0}, After: map[string]any{"state": "<cordoned> é"},
	}
}

func TestAuditLogIsAChain(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	if c, err := s.Records.VerifyAudit(ctx); err != nil || c.Entries != 0 || c.BrokenID != 0 {
		t.Errorf("an empty log: %+v, %v", c, err)
	}
	var wg sync.WaitGroup
	for n := range 40 { // side by side, as several processes would
		wg.Go(func() {
			if err := s.Records.RecordAudit(ctx, act(n)); err != nil {
				t.Errorf("record: %v", err)
			}
		})
	}
	wg.Wait()
	c, err := s.Records.VerifyAudit(ctx)
	storetest.OK(t, err)
	if c.Entries != 40 || c.BrokenID != 0 || c.HeadID != 40 || len(c.HeadHash) != 32 {
		t.Errorf("verified %+v", c)
	}
	list, err := s.Records.Audit(ctx, models.AuditFilter{Limit: 200})
	storetest.OK(t, err)
	for i, e := range list {
		if e.ID != int64(40-i) || e.Before["state"] != "active" || e.Before["n"] != 1.0 || e.After["state"] != "<cordoned> é" {
			t.Fatalf("entry %d is %+v", i, e)
		}
		if i > 0 && !bytes.Equal(list[i-1].PrevHash, e.Hash) {
			t.Errorf("entry %d does not follow %d", list[i-1].ID, e.ID)
		}
	}
	if h, err := s.Records.AuditHashOf(ctx, 40); err != nil || !bytes.Equal(h, c.HeadHash) {
		t.Errorf("hash of the head: %x, %v", h, err)
	}
	if _, err := s.Records.AuditHashOf(ctx, 41); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("hash of nothing: %v", err)
	}
}

func TestAuditLogRefusesChange(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	storetest.OK(t, s.Records.RecordAudit(ctx, act(1)))
	for _, q := range []string{
		"update audit_log set action = 'x'", "delete from audit_log", "truncate audit_log", "delete from audit_log where id = 77",
		"update security_events set kind = 'x'", "truncate security_events",
	} {
		if err := storetest.Try(t, q); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
}

// The chain reveals changes made around the trigger.
func TestVerifyAuditFindsTampering(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]struct {
		sql    string
		broken int64
	}{
		"other actor":    {"update audit_log set actor_id = gen_random_uuid() where id = 3", 3},
		"no actor":       {"update audit_log set actor_id = null where id = 3", 3},
		"other action":   {"update audit_log set action = 'agent.drain' where id = 3", 3},
		"other target":   {"update audit_log set target_id = 'x' where id = 3", 3},
		"moved fields":   {"update audit_log set target_kind = 'agentx', target_id = substr(target_id, 2) where id = 3", 3},
		"other time":     {"update audit_log set at = at + interval '1 microsecond' where id = 3", 3},
		"other address":  {"update audit_log set ip = '' where id = 3", 3},
		"other content":  {`update audit_log set after = '{"state":"active"}' where id = 3`, 3},
		"other spelling": {`update audit_log set before = '{"n": 1,"state":"active"}' where id = 3`, 3},
		"no content":     {"update audit_log set before = null where id = 3", 3},
		"other hash":     {"update audit_log set hash = sha256('x') where id = 3", 3},
		"hole":           {"delete from audit_log where id = 3", 4},
		"no beginning":   {"delete from audit_log where id <= 2", 3},
		"swap":           {"update audit_log set id = -id where id in (3, 4)", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := storetest.New(t), t.Context()
			for n := range 5 {
				storetest.OK(t, s.Records.RecordAudit(ctx, act(n)))
			}
			storetest.Exec(t, "alter table audit_log disable trigger audit_log_append_only")
			storetest.Exec(t, "alter table audit_log drop constraint audit_log_id_check")
			storetest.Exec(t, tamper.sql)
			storetest.Exec(t, "update audit_log set id = 7 + id where id < 0") // -3 and -4 change places
			c, err := s.Records.VerifyAudit(ctx)
			storetest.OK(t, err)
			if name == "swap" {
				tamper.broken = 5 // the first that does not follow 2
				if c.BrokenID == 0 {
					t.Errorf("not found: %+v", c)
				}
				return
			}
			if c.BrokenID != tamper.broken || c.Fault == "" {
				t.Errorf("found %+v, want entry %d", c, tamper.broken)
			}
		})
	}
}

func TestAuditEntryGoesWithItsTransaction(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	undone := errors.New("undone")
	if err := s.DB.Tx(ctx, func(ctx context.Context) error {
		storetest.OK(t, s.Records.RecordAudit(ctx, act(1)))
		storetest.OK(t, s.Records.RecordAudit(ctx, act(2)))
		return undone
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	storetest.OK(t, s.Records.RecordAudit(ctx, act(3)))
	if c, err := s.Records.VerifyAudit(ctx); err != nil || c.Entries != 1 || c.BrokenID != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAuditHidesSecrets(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	e := act(1)
	e.After = map[string]any{"email": "a@x.example", "passwordHash": "canary", "seedr": map[string]any{"clientSecret": "canary", "url": "u"}}
	storetest.OK(t, s.Records.RecordAudit(ctx, e))
	list, err := s.Records.Audit(ctx, models.AuditFilter{})
	storetest.OK(t, err)
	if text := fmt.Sprint(list[0].After); strings.Contains(text, "canary") || !strings.Contains(text, "a@x.example") || !strings.Contains(text, "url:u") {
		t.Errorf("kept %s", text)
	}
}

func TestAuditFilters(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	actor := uuid.New()
	for n := range 10 {
		s.DB.Now = func() time.Time { return base.Add(time.Duration(n) * time.Hour) }
		e := act(n % 2)
		if n%5 == 0 {
			e.ActorID, e.Action = &actor, models.AuditSetup
		}
		storetest.OK(t, s.Records.RecordAudit(ctx, e))
	}
	for name, c := range map[string]struct {
		f    models.AuditFilter
		want []int64
	}{
		"page":          {models.AuditFilter{Limit: 3}, []int64{10, 9, 8}},
		"next page":     {models.AuditFilter{Limit: 3, Before: 8}, []int64{7, 6, 5}},
		"actor":         {models.AuditFilter{Actor: actor.String()}, []int64{6, 1}},
		"action":        {models.AuditFilter{Action: "installation.set_up"}, []int64{6, 1}},
		"area":          {models.AuditFilter{Action: "installation"}, []int64{6, 1}},
		"part of area":  {models.AuditFilter{Action: "install"}, nil},
		"target":        {models.AuditFilter{TargetKind: "agent", Target: "agent-1", Limit: 2}, []int64{10, 8}},
		"other target":  {models.AuditFilter{TargetKind: "user", Target: "agent-1"}, nil},
		"time":          {models.AuditFilter{From: base.Add(2 * time.Hour), To: base.Add(4 * time.Hour)}, []int64{4, 3}},
		"more than all": {models.AuditFilter{Limit: 100000, From: base.Add(9 * time.Hour)}, []int64{10}},
	} {
		list, err := s.Records.Audit(ctx, c.f)
		storetest.OK(t, err)
		var got []int64
		for _, e := range list {
			got = append(got, e.ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestSecurityEvents(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	user := uuid.New()
	base := s.DB.Now()
	s.DB.Now = func() time.Time { return base.Add(-100 * 24 * time.Hour) }
	storetest.OK(t, s.Records.RecordSecurity(ctx, models.SecurityEvent{Kind: models.SecurityLogin, UserID: &user, IP: "192.0.2.1", UserAgent: "old"}))
	s.DB.Now = func() time.Time { return base }
	for range 3 {
		storetest.OK(t, s.Records.RecordSecurity(ctx, models.SecurityEvent{Kind: models.SecurityLoginFailed, UserID: &user, IP: "192.0.2.1", UserAgent: "curl", Detail: "wrong password"}))
	}
	for range 50 { // what anyone can cause is kept once a minute
		storetest.OK(t, s.Records.RecordSecurity(ctx, models.SecurityEvent{Kind: models.SecurityCrossOrigin, IP: "192.0.2.2", Once: "192.0.2.2"}))
		storetest.OK(t, s.Records.RecordSecurity(ctx, models.SecurityEvent{Kind: models.SecurityRateLimited, IP: "192.0.2.2", Once: "192.0.2.2"}))
	}
	count := func(f models.SecurityFilter) int {
		list, err := s.Records.SecurityEvents(ctx, f)
		storetest.OK(t, err)
		return len(list)
	}
	for name, c := range map[string]struct {
		f    models.SecurityFilter
		want int
	}{
		"all":      {models.SecurityFilter{}, 6},
		"kind":     {models.SecurityFilter{Kind: models.SecurityLoginFailed}, 3},
		"user":     {models.SecurityFilter{User: user.String()}, 4},
		"address":  {models.SecurityFilter{IP: "192.0.2.2"}, 2},
		"time":     {models.SecurityFilter{To: base}, 1},
		"page":     {models.SecurityFilter{Limit: 2}, 2},
		"too late": {models.SecurityFilter{From: base.Add(time.Second)}, 0},
	} {
		if got := count(c.f); got != c.want {
			t.Errorf("%s: %d events, want %d", name, got, c.want)
		}
	}
	list, err := s.Records.SecurityEvents(ctx, models.SecurityFilter{Limit: 4})
	storetest.OK(t, err)
	rest, err := s.Records.SecurityEvents(ctx, models.SecurityFilter{Before: list[3].ID})
	storetest.OK(t, err)
	if len(rest) != 2 || rest[1].UserAgent != "old" {
		t.Errorf("the second page is %+v", rest)
	}
	if n, err := s.Worker().Records.PruneSecurityEvents(ctx, base.Add(-models.SecurityRetention)); err != nil || n != 1 {
		t.Errorf("pruned %d, %v; want the old one", n, err)
	}
	if _, err := s.Worker().Records.PruneSecurityEvents(ctx, base.Add(time.Hour)); err == nil || count(models.SecurityFilter{}) != 5 {
		t.Errorf("young events could be removed: %v", err)
	}
}
