package config_test

import (
	"maps"
	"slices"
	"testing"

	"longhaul/internal/config"
)

// TestSecretsAreAll has every secret setting set, and finds those that neither
// Secrets returns nor this test names.
func TestSecretsAreAll(t *testing.T) {
	t.Parallel()
	vars := map[string]string{}
	for _, name := range config.SecretNames(config.Config{}) {
		vars[name] = "value of " + name
	}
	const key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	vars["DATABASE_URL"], vars["SECRET_KEY"], vars["SECRET_KEY_ACCEPTED"] = "postgres://u:p@h/db", key, key
	cfg, err := config.Parse(config.ProcessMigrate, vars)
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Collect(maps.Keys(cfg.Secrets()))
	// The ids are public; the rest is another one in another place, the key of the
	// fingerprints, or nothing that a restore depends on.
	got = append(got, "OTEL_EXPORTER_OTLP_HEADERS", "DATABASE_URL", "SECRET_KEY", "SECRET_KEY_ACCEPTED", "S3_ACCESS_KEY_ID", "S3_UPLOAD_ACCESS_KEY_ID")
	slices.Sort(got)
	want := slices.Sorted(maps.Keys(vars))
	if !slices.Equal(got, want) {
		t.Errorf("secrets are %q, want %q", got, want)
	}
	for name, value := range cfg.Secrets() {
		if value != vars[name] {
			t.Errorf("%s is %q", name, value)
		}
	}
	if none := (config.Config{}).Secrets(); len(none) != 0 {
		t.Errorf("without settings: %v", none)
	}
}
