package config_test

import (
	"strings"
	"testing"
	"time"

	"longhaul/internal/config"
	"longhaul/models"
)

// Holidays and the time zone make the calendar of counter-notices; what is wrong
// with them is found at the start.
func TestLegalSettings(t *testing.T) {
	t.Parallel()
	vars := good()
	vars["LEGAL_HOLIDAYS"], vars["LEGAL_TIME_ZONE"], vars["STRIKES_TO_DISABLE"] = "2026-12-25,2027-01-01", "America/New_York", "0"
	cfg, err := config.Parse(config.ProcessWorker, vars)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 12, 18, 15, 0, 0, 0, time.UTC)
	if due := cfg.Legal.Calendar().After(from, cfg.Legal.CounterDays); !due.Equal(time.Date(2027, 1, 6, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("due %s", due)
	}
	if p := cfg.Legal.Policy(); p != (models.StrikePolicy{Months: 12, Suspend: 3}) {
		t.Errorf("policy %+v", p)
	}
	for name, value := range map[string]string{
		"LEGAL_HOLIDAYS": "25.12.2026", "LEGAL_TIME_ZONE": "Mars/Olympus", "COUNTER_NOTICE_DAYS": "9", "STRIKE_MONTHS": "0", "STRIKES_TO_SUSPEND": "-1",
	} {
		wrong := good()
		wrong[name] = value
		if _, err := config.Parse(config.ProcessAPI, wrong); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}
