package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"longhaul/models"
)

// faults collects what is wrong, by variable.
type faults []error

func (f *faults) when(bad bool, name, want string) {
	if bad {
		*f = append(*f, fmt.Errorf("%s: %s", name, want))
	}
}

func (f *faults) required(value, name string) { f.when(value == "", name, "is missing") }

func (f *faults) listen(value, name string) {
	_, _, err := net.SplitHostPort(value)
	f.when(err != nil, name, "must be host:port")
}

func (f *faults) positive(d time.Duration, name string) {
	f.when(d <= 0, name, "must be longer than 0, such as 5m")
}

// validate returns every fault that matters to the program.
func (c Config) validate(p Process) error {
	var f faults
	f.required(c.Database.URL, "DATABASE_URL")
	f.when(c.Database.URL != "" && !strings.HasPrefix(c.Database.URL, "postgres"), "DATABASE_URL",
		"must begin with postgres://")
	f.when(!c.Log.Format.Valid(), "LOG_FORMAT", "must be json or text")
	if p == ProcessMigrate {
		return errors.Join(f...)
	}
	c.validateShared(&f)
	if p == ProcessWorker {
		f.when(len(c.Queues) == 0, "WORKER_QUEUES", "must name at least one task queue")
		for _, q := range c.Queues {
			f.when(!q.Valid(), "WORKER_QUEUES", fmt.Sprintf("names an unknown task queue %q; use control, tracking, transfers, mail, webhooks or media", q))
		}
	}
	if p == ProcessAPI {
		c.Web.validate(&f)
		c.Accounts.validate(&f)
		f.when(c.Accounts.Registration == models.RegistrationOpen && !c.Mail.On(), "REGISTRATION",
			"can't be open without RESEND_API_KEY, because addresses are verified by mail; set it to invitation or closed")
	}
	return errors.Join(f...)
}

// validateShared checks what api and worker both need.
func (c Config) validateShared(f *faults) {
	f.when(len(c.SecretKey) == 0, "SECRET_KEY", "is missing; create one with: openssl rand -hex 32")
	if c.MetricsListen != "" {
		f.listen(c.MetricsListen, "METRICS_LISTEN")
	}
	f.listen(c.Temporal.Address, "TEMPORAL_ADDRESS")
	f.required(c.Temporal.Namespace, "TEMPORAL_NAMESPACE")
	f.when(c.Temporal.UIURL != "" && !httpURL(c.Temporal.UIURL), "TEMPORAL_UI_URL", "must be an http or https address")
	f.when(!httpURL(c.Storage.Endpoint), "S3_ENDPOINT", "must be an http or https address")
	f.when(c.Storage.PublicEndpoint != c.Storage.Endpoint && !httpURL(c.Storage.PublicEndpoint), "S3_PUBLIC_ENDPOINT",
		"must be an http or https address")
	f.required(c.Storage.Region, "S3_REGION")
	f.required(c.Storage.Bucket, "S3_BUCKET")
	f.required(c.Storage.AccessKeyID, "S3_ACCESS_KEY_ID")
	f.required(c.Storage.SecretAccessKey, "S3_SECRET_ACCESS_KEY")
	f.when(c.Storage.UploadID == "" && c.Storage.UploadSecret != "", "S3_UPLOAD_ACCESS_KEY_ID", "is missing; its secret is set")
	f.when(c.Storage.UploadID != "" && c.Storage.UploadSecret == "", "S3_UPLOAD_SECRET_ACCESS_KEY", "is missing; its key id is set")
	c.Mail.validate(f)
	c.Legal.validate(f)
	f.when(c.Limits.MaxRunningJobs < 1, "MAX_RUNNING_JOBS", "must be at least 1")
	f.when(c.Limits.MaxShareDays < 0 || c.Limits.MaxShareDays > 36500, "MAX_SHARE_DAYS", "must be between 0 and 36500")
	f.when(c.Limits.MaxUserStreams < 1, "MAX_USER_STREAMS", "must be at least 1")
	f.when(c.Limits.MaxJobBytes < 0, "MAX_JOB_BYTES", "must not be negative")
	f.when(c.Web.MediaCacheSize != 0 && c.Web.MediaCacheSize < minMediaCache, "MEDIA_CACHE_SIZE", "must be 0 or at least 67108864")
	f.positive(c.Limits.ResolveTimeout, "RESOLVE_TIMEOUT")
	f.positive(c.Limits.StallTimeout, "STALL_TIMEOUT")
	f.positive(c.Limits.SelectionTimeout, "SELECTION_TIMEOUT")
	f.positive(c.Limits.AttentionTimeout, "ATTENTION_TIMEOUT")
	f.when(c.Limits.TrashRetention < 0, "TRASH_RETENTION", "must not be negative")
	f.positive(c.Limits.FailoverAfter, "FAILOVER_AFTER")
	f.when(c.Limits.SlowBelow < 0, "SLOW_BELOW", "must not be negative")
	f.positive(c.Limits.SlowAfter, "SLOW_AFTER")
	c.Seedr.validate(f)
	c.Tracing.validate(f)
}

func (t Tracing) validate(f *faults) {
	f.when(t.On() && !httpURL(t.Endpoint), "OTEL_EXPORTER_OTLP_ENDPOINT", "must be an http or https address")
	_, err := t.Header()
	f.when(err != nil, "OTEL_EXPORTER_OTLP_HEADERS", "must be pairs such as api-key=value, separated by commas")
	f.when(!(t.Share >= 0 && t.Share <= 1), "OTEL_TRACES_SAMPLER_ARG", "must be from 0 to 1")
}

// Header returns the headers for the collector. Values are URL-encoded, as
// OpenTelemetry has it.
func (t Tracing) Header() (map[string]string, error) {
	out := map[string]string{}
	for pair := range strings.SplitSeq(t.Headers, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, found := strings.Cut(pair, "=")
		decoded, err := url.PathUnescape(strings.TrimSpace(value))
		if name = strings.TrimSpace(name); !found || name == "" || err != nil {
			return nil, errors.New("not a pair")
		}
		out[name] = decoded
	}
	return out, nil
}

func (s Seedr) validate(f *faults) {
	f.when(s.Email != "" && s.Password == "", "SEEDR_PASSWORD", "is missing, but SEEDR_EMAIL is set")
	f.when(s.Email == "" && s.Password != "", "SEEDR_EMAIL", "is missing, but SEEDR_PASSWORD is set")
	f.when(s.Slots < 0, "SEEDR_SLOTS", "must not be negative")
	f.when(s.URL.User != nil, "SEEDR_URL", "must not contain credentials")
	f.when(s.URL.Scheme != "https" && len(s.AllowCIDRs) == 0, "SEEDR_URL",
		"must begin with https://, unless it is an address in SEEDR_ALLOW_CIDRS")
}

func (m Mail) validate(f *faults) {
	if !m.On() {
		return
	}
	_, err := mail.ParseAddress(m.From)
	f.when(err != nil, "MAIL_FROM", "must be an address, such as Longhaul <longhaul@example.com>")
}

func (a Accounts) validate(f *faults) {
	f.when(!a.Registration.Valid(), "REGISTRATION", "must be open, invitation or closed")
	f.when(a.TurnstileSiteKey == "" && a.Turnstile(), "TURNSTILE_SITE_KEY", "is missing; TURNSTILE_SECRET_KEY is set")
	f.when(a.TurnstileSiteKey != "" && !a.Turnstile(), "TURNSTILE_SECRET_KEY", "is missing; TURNSTILE_SITE_KEY is set")
	f.when(a.Turnstile() && !httpURL(a.TurnstileURL), "TURNSTILE_URL", "must be an http or https address")
}

// extensionID matches what Chromium calls an extension, and what Firefox makes of
// its id: part of a host name, so that nothing else may be in it.
var extensionID = regexp.MustCompile(`^([a-p]{32}|[0-9a-f]{40})$`)

func (w Web) validate(f *faults) {
	f.listen(w.APIListen, "API_LISTEN")
	f.listen(w.FilesListen, "FILES_LISTEN")
	f.when(w.SampleURL != "" && !httpURL(w.SampleURL) && !strings.HasPrefix(w.SampleURL, "magnet:?"), "SAMPLE_URL",
		"must be a magnet link or an http or https address")
	f.when(slices.ContainsFunc(w.ExtensionIDs, func(id string) bool { return !extensionID.MatchString(id) }), "EXTENSION_IDS",
		"must be ids such as those of the default")
	f.when(w.ChromeStore != "" && !httpsURL(w.ChromeStore), "EXTENSION_CHROME_URL", "must be an https address without credentials")
	f.when(w.FirefoxStore != "" && !httpsURL(w.FirefoxStore), "EXTENSION_FIREFOX_URL", "must be an https address without credentials")
	f.when(w.BaseURL.Host == w.FilesURL.Host, "FILES_URL", "must not be the same origin as BASE_URL")
	f.when(strings.Trim(w.BaseURL.Path, "/") != "", "BASE_URL", "must not have a path")
	f.when(strings.Trim(w.FilesURL.Path, "/") != "", "FILES_URL", "must not have a path")
}

// minMediaCache is the least room in which a few viewers can share parts.
const minMediaCache = 64 << 20
