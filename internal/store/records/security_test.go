package records_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func refusal(detail string) models.SecurityEvent {
	return models.SecurityEvent{Kind: models.SecurityLoginFailed, IP: "192.0.2.7", UserAgent: "tester", Detail: detail}
}

func TestSecurityEventsAreAChain(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	if c, err := s.Records.VerifySecurityEvents(ctx); err != nil || c.Entries != 0 || c.BrokenID != 0 {
		t.Errorf("without an event: %+v, %v", c, err)
	}
	// one from before there was a chain
	storetest.Exec(t, "insert into security_events (id, at, kind, ip, user_agent, detail) values (7, now() - interval '100 days', 'login', '', '', '')")
	var wg sync.WaitGroup
	for range 30 { // side by side, as several processes would
		wg.Go(func() {
			if err := s.Records.RecordSecurity(ctx, refusal("é <")); err != nil {
				t.Errorf("record: %v", err)
			}
		})
	}
	wg.Wait()
	c, err := s.Records.VerifySecurityEvents(ctx)
	storetest.OK(t, err)
	if c.Entries != 30 || c.BrokenID != 0 || c.HeadID != 37 {
		t.Errorf("verified %+v", c)
	}
}

// Pruning old events is not tampering.
func TestPrunedSecurityEventsLeaveAChain(t *testing.T) {
	t.Parallel()
	s, ctx := storetest.New(t), t.Context()
	now := s.DB.Now()
	for _, age := range []time.Duration{120, 100, 40, 95, 1} { // days; a clock that was wrong for one of them
		s.DB.Now = func() time.Time { return now.Add(-age * 24 * time.Hour) }
		storetest.OK(t, s.Records.RecordSecurity(ctx, refusal("")))
	}
	if n, err := s.Worker().Records.PruneSecurityEvents(ctx, now.Add(-models.SecurityRetention)); err != nil || n != 2 {
		t.Errorf("pruned %d, %v; want the two at the beginning", n, err)
	}
	if c, err := s.Records.VerifySecurityEvents(ctx); err != nil || c.Entries != 3 || c.BrokenID != 0 || c.HeadID != 5 {
		t.Errorf("verified %+v, %v", c, err)
	}
}

func TestVerifySecurityEventsFindsTampering(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"update security_events set kind = 'login' where id = 3", "update security_events set user_id = gen_random_uuid() where id = 3",
		"update security_events set ip = '' where id = 3", "update security_events set user_agent = 'x' where id = 3",
		"update security_events set detail = 'x' where id = 3", "update security_events set at = at + interval '1 microsecond' where id = 3",
		"update security_events set hash = sha256('x') where id = 3", "update security_events set hash = '', prev_hash = '' where id = 3",
	} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			s, ctx := storetest.New(t), t.Context()
			for range 5 {
				storetest.OK(t, s.Records.RecordSecurity(ctx, refusal("")))
			}
			storetest.Exec(t, "alter table security_events disable trigger all")
			storetest.Exec(t, sql)
			c, err := s.Records.VerifySecurityEvents(ctx)
			storetest.OK(t, err)
			if c.BrokenID != 3 || !strings.Contains(c.Fault, "changed") {
				t.Errorf("found %+v", c)
			}
			storetest.Exec(t, "delete from security_events where id = 3")
			if c, err := s.Records.VerifySecurityEvents(ctx); err != nil || c.BrokenID != 4 {
				t.Errorf("a hole: %+v, %v", c, err)
			}
		})
	}
}
