package announce_test

import (
	"strings"
	"testing"
	"time"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// There is one announcement, shown between its start and its end, to those it is
// for.
func TestOneAnnouncementIsShownInItsTime(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	c := storetest.FakeClock(b.Store)
	shown := func(publicOnly bool) string {
		t.Helper()
		a := storetest.Must[*models.Announcement](t)(b.Announce.ShownAnnouncement(ctx, publicOnly))
		if a == nil {
			return ""
		}
		return a.Text
	}
	end := c.Now.Add(2 * time.Hour)
	storetest.OK(t, b.Announce.Announce(ctx, b.Admin(), models.Announcement{Text: "soon", Level: models.AnnounceInfo, StartsAt: c.Now.Add(time.Hour), EndsAt: &end}))
	if got := shown(false); got != "" {
		t.Errorf("shown before its time: %s", got)
	}
	c.Add(time.Hour)
	if shown(false) != "soon" || shown(true) != "" {
		t.Errorf("in its time, all read %q, those not signed in %q", shown(false), shown(true))
	}
	first := storetest.Must[*models.Announcement](t)(b.Announce.Announcement(ctx))
	storetest.OK(t, b.Announce.Announce(ctx, b.Admin(), models.Announcement{Text: "now", Level: models.AnnounceWarning, Public: true}))
	second := storetest.Must[*models.Announcement](t)(b.Announce.Announcement(ctx))
	if shown(true) != "now" || first.ID == second.ID {
		t.Errorf("those not signed in read %q; ids %s, %s", shown(true), first.ID, second.ID)
	}
	storetest.OK(t, b.Announce.EndAnnouncement(ctx, b.Admin()))
	storetest.OK(t, b.Announce.EndAnnouncement(ctx, b.Admin()))
	if shown(false) != "" {
		t.Error("it is still shown")
	}
	log := storetest.Must[[]models.AuditRecord](t)(b.Records.Audit(ctx, models.AuditFilter{Action: "announcement", Limit: 10}))
	if len(log) != 3 || log[0].Before["text"] != "now" || log[1].Before["text"] != "soon" || log[1].After["level"] != "warning" {
		t.Errorf("audited: %+v", log)
	}
	past := c.Now
	for name, a := range map[string]models.Announcement{
		"nothing": {Text: " ", Level: models.AnnounceInfo}, "too long": {Text: strings.Repeat("x", 501), Level: models.AnnounceInfo},
		"lines": {Text: "a\nb", Level: models.AnnounceInfo}, "a text that turns": {Text: "a\u202eb", Level: models.AnnounceInfo},
		"no level": {Text: "x", Level: "loud"}, "over": {Text: "x", Level: models.AnnounceInfo, EndsAt: &past},
	} {
		if err := b.Announce.Announce(ctx, b.Admin(), a); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
