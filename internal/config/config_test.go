package config_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/internal/config"
	"longhaul/models"
)

var update = flag.Bool("update", false, "rewrite .env.example")

const (
	secret      = "a-very-secret-access-key"
	hexKey      = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	exampleFile = "../../.env.example"
)

// good returns variables that suffice for every program.
func good() map[string]string {
	return map[string]string{
		"DATABASE_URL": "postgres://longhaul:hunter2@db:5432/longhaul", "S3_ENDPOINT": "http://s3:9000",
		"S3_ACCESS_KEY_ID": "id-of-key", "S3_SECRET_ACCESS_KEY": secret, "SECRET_KEY": hexKey,
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for _, p := range []config.Process{config.ProcessAPI, config.ProcessWorker, config.ProcessMigrate} {
		cfg, err := config.Parse(p, good())
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if cfg.Storage.PublicEndpoint != "http://s3:9000" || cfg.Limits.StallTimeout != 30*time.Minute || !cfg.Storage.PathStyle ||
			cfg.Limits.MaxRunningJobs != 10 || cfg.Temporal.Namespace != "longhaul" || len(cfg.SecretKey) != 32 {
			t.Errorf("%s: unexpected defaults: %+v", p, cfg)
		}
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Parse(config.ProcessAPI, map[string]string{
		"MAX_RUNNING_JOBS": "0", "STALL_TIMEOUT": "-5m", "LOG_FORMAT": "xml", "API_LISTEN": "8080",
		"BASE_URL": "http://x.example/app", "FILES_URL": "http://x.example",
	})
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, name := range []string{
		"DATABASE_URL", "SECRET_KEY", "S3_ENDPOINT", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "MAX_RUNNING_JOBS",
		"STALL_TIMEOUT", "LOG_FORMAT", "API_LISTEN", "BASE_URL", "FILES_URL",
	} {
		if !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s is not named in %q", name, err)
		}
	}
}

func TestUnreadableValuesAreAllNamed(t *testing.T) {
	t.Parallel()
	vars := good()
	vars["MAX_JOB_BYTES"], vars["RESOLVE_TIMEOUT"], vars["SECRET_KEY"] = "many", "soon", "short"
	vars["TRUSTED_PROXIES"], vars["BASE_URL"] = "10.0.0.0/8,nonsense", "ftp://x"
	_, err := config.Parse(config.ProcessAPI, vars)
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{"MAX_JOB_BYTES: ", "RESOLVE_TIMEOUT: ", "SECRET_KEY: must", "TRUSTED_PROXIES: ", "BASE_URL: must"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named in %q", want, err)
		}
	}
	if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the fault contains a secret: %q", err)
	}
}

func TestEachProgramNeedsItsOwn(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"DATABASE_URL": "postgres://db/longhaul"}
	if _, err := config.Parse(config.ProcessMigrate, vars); err != nil {
		t.Errorf("migrate: %v", err)
	}
	if _, err := config.Parse(config.ProcessWorker, vars); err == nil {
		t.Error("the worker starts without storage")
	}
	vars = good()
	vars["API_LISTEN"] = "nowhere"
	if _, err := config.Parse(config.ProcessWorker, vars); err != nil {
		t.Errorf("the worker minds the API's listener: %v", err)
	}
}

func TestKindsOfWork(t *testing.T) {
	t.Parallel()
	vars := good()
	cfg, err := config.Parse(config.ProcessWorker, vars)
	if err != nil || !slices.Equal(cfg.Queues, models.Queues()) {
		t.Errorf("without a setting it serves %v, %v", cfg.Queues, err)
	}
	vars["WORKER_QUEUES"] = "transfers,mail"
	cfg, err = config.Parse(config.ProcessWorker, vars)
	if err != nil || !slices.Equal(cfg.Queues, []models.Queue{models.QueueTransfers, models.QueueMail}) {
		t.Errorf("it serves %v, %v", cfg.Queues, err)
	}
	for _, wrong := range []string{"transfers,letters", ","} {
		vars["WORKER_QUEUES"] = wrong
		if _, err := config.Parse(config.ProcessWorker, vars); err == nil || !strings.Contains(err.Error(), "WORKER_QUEUES: ") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestStorePagesOfTheExtension(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"EXTENSION_CHROME_URL", "EXTENSION_FIREFOX_URL"} {
		vars := good()
		for address, fits := range map[string]bool{
			"": true, "https://store.example/detail/longhaul?hl=en": true, "http://store.example/": false, "javascript:alert(1)": false,
			"store.example": false, "https://": false, "https://:443/": false, "https://user:pass@store.example/": false,
		} {
			vars[name] = address
			_, err := config.Parse(config.ProcessAPI, vars)
			if fits != (err == nil) || (err != nil && !strings.Contains(err.Error(), name+": must")) {
				t.Errorf("%s=%q: %v", name, address, err)
			}
		}
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	vars := good()
	delete(vars, "S3_SECRET_ACCESS_KEY")
	vars["S3_SECRET_ACCESS_KEY_FILE"] = file
	cfg, err := config.Parse(config.ProcessAPI, vars)
	if err != nil || cfg.Storage.SecretAccessKey != secret {
		t.Errorf("got %q, %v", cfg.Storage.SecretAccessKey, err)
	}
	vars["S3_SECRET_ACCESS_KEY"] = "another"
	vars["SECRET_KEY_FILE"], vars["SECRET_KEY"] = file+"-missing", ""
	_, err = config.Parse(config.ProcessAPI, vars)
	if err == nil || !strings.Contains(err.Error(), "S3_SECRET_ACCESS_KEY") || !strings.Contains(err.Error(), "SECRET_KEY_FILE") {
		t.Errorf("got %v", err)
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse(config.ProcessAPI, good())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := config.Print(&out, cfg); err != nil {
		t.Fatal(err)
	}
	for _, tell := range []string{secret, "hunter2", "id-of-key", hexKey, "AAECAwQF"} {
		if strings.Contains(out.String(), tell) {
			t.Errorf("%q is printed", tell)
		}
	}
	for _, want := range []string{
		"DATABASE_URL=postgres://longhaul:xxxxx@db:5432/longhaul\n", "SECRET_KEY=(hidden)\n", "LOG_LEVEL=INFO\n",
		"STALL_TIMEOUT=30m0s\n", "BASE_URL=http://localhost:8080\n", "TRUSTED_PROXIES=\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestExampleFile(t *testing.T) {
	t.Parallel()
	want := config.EnvExample()
	if *update {
		if err := os.WriteFile(exampleFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error(".env.example is not what the code says; run: go test ./internal/config -update")
	}
	for i, block := range strings.Split(want, "\n\n")[1:] {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if !strings.HasPrefix(lines[0], "## ") && (len(lines[0]) < 10 || !strings.HasSuffix(lines[0], ".")) {
			t.Errorf("variable %d has no sentence: %q", i, block)
		}
	}
}
