// Package config reads the programs' configuration from environment variables,
// once, at their start. It knows names, defaults, units and what each program
// needs; it opens nothing.
//
// A variable that holds a secret can be given as NAME_FILE too, which names a
// file with the value.
package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"time"

	"github.com/caarlos0/env/v11"

	"longhaul/models"
)

// Process is the program that is configured; each needs a set of variables of
// its own.
type Process string

// The programs of the control plane.
const (
	ProcessAPI     Process = "api"
	ProcessWorker  Process = "worker"
	ProcessMigrate Process = "migrate" // the schema alone
)

// Config is the configuration of the control plane's programs. Components get
// the parts that they need.
type Config struct {
	Database Database
	Temporal Temporal
	Storage  Storage
	Web      Web
	Mail     Mail
	Accounts Accounts
	Limits   Limits
	Legal    Legal
	Fetch    Fetch
	Seedr    Seedr
	Log      Log
	Tracing  Tracing

	Queues        []models.Queue `env:"WORKER_QUEUES" envDefault:"control,tracking,transfers,mail,webhooks,media" doc:"Task queues that this worker serves, separated by commas: control, tracking, transfers, mail, webhooks, media. Every queue needs a worker."`
	SecretKey     Key            `env:"SECRET_KEY" secret:"true" doc:"Key from which links and agents' secrets are derived: at least 32 random bytes in hex or base64. The same for api and worker."`
	AcceptedKey   Key            `env:"SECRET_KEY_ACCEPTED" secret:"true" doc:"Another key that is accepted and not used for anything new: the one before, while SECRET_KEY is rotated (see docs/operations.md)."`
	MetricsListen string         `env:"METRICS_LISTEN" doc:"host:port for /metrics; empty means off. A name means those of its addresses that are this machine's, and loopback."`
}

// Database is where the records are.
type Database struct {
	URL string `env:"DATABASE_URL" secret:"true" doc:"Postgres URL, such as postgres://user:password@host:5432/longhaul."`
}

// Temporal is where the workflows run.
type Temporal struct {
	Address   string `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233" doc:"host:port of the Temporal frontend."`
	Namespace string `env:"TEMPORAL_NAMESPACE" envDefault:"longhaul" doc:"Temporal namespace; created at startup if missing."`
	UIURL     string `env:"TEMPORAL_UI_URL" doc:"Address of the Temporal UI, for links shown to admins; empty hides them."`
}

// Storage is the S3-compatible object storage.
type Storage struct {
	Endpoint        string `env:"S3_ENDPOINT" doc:"Address of the storage for api and worker, such as https://s3.example.com."`
	PublicEndpoint  string `env:"S3_PUBLIC_ENDPOINT" doc:"Address of the storage for agents; defaults to S3_ENDPOINT."`
	Region          string `env:"S3_REGION" envDefault:"us-east-1" doc:"Region for request signatures; auto for R2."`
	Bucket          string `env:"S3_BUCKET" envDefault:"longhaul" doc:"Bucket; it must exist."`
	AccessKeyID     string `env:"S3_ACCESS_KEY_ID" secret:"true" doc:"Access key id. The API reads files with it; the worker does everything with it. Give each its own."`
	SecretAccessKey string `env:"S3_SECRET_ACCESS_KEY" secret:"true" doc:"Secret access key."`
	UploadID        string `env:"S3_UPLOAD_ACCESS_KEY_ID" secret:"true" doc:"Access key id with which the API opens uploads and signs the addresses that agents write to; defaults to S3_ACCESS_KEY_ID."`
	UploadSecret    string `env:"S3_UPLOAD_SECRET_ACCESS_KEY" secret:"true" doc:"Its secret access key; defaults to S3_SECRET_ACCESS_KEY."`
	PathStyle       bool   `env:"S3_PATH_STYLE" envDefault:"true" doc:"Put the bucket in the path instead of the host name."`
}

// Web is what the API serves and where.
type Web struct {
	BaseURL        URL            `env:"BASE_URL" envDefault:"http://localhost:8080" doc:"Origin of the app as browsers see it; the base of all links."`
	FilesURL       URL            `env:"FILES_URL" envDefault:"http://127.0.0.1:8081" doc:"Origin that delivers users' files. Use another host than the app's, so that files never see its cookies."`
	APIListen      string         `env:"API_LISTEN" envDefault:"127.0.0.1:8080" doc:"host:port of the app."`
	FilesListen    string         `env:"FILES_LISTEN" envDefault:"127.0.0.1:8081" doc:"host:port of the file delivery."`
	Dir            string         `env:"WEB_DIR" envDefault:"web/dist" doc:"Folder of the built web app."`
	SampleURL      string         `env:"SAMPLE_URL" doc:"Magnet link or http address of a harmless download that users without downloads are offered to try; empty offers none."`
	ExtensionIDs   []string       `env:"EXTENSION_IDS" envDefault:"ghiljdkhfeahfigdcoocoimhcghpoopn,6206af763b05a8134939009d57ddaa2fec6864f5" doc:"Ids of the builds of the browser extension that may connect, separated by commas: Chromium's 32 letters, or the host name that Firefox gives the extension's redirect. The default is what make extension builds; empty lets none connect."`
	ChromeStore    string         `env:"EXTENSION_CHROME_URL" doc:"https address of the browser extension's page in the Chrome Web Store, for the app's page about it; empty names none. EXTENSION_IDS needs the store's build."`
	FirefoxStore   string         `env:"EXTENSION_FIREFOX_URL" doc:"https address of the browser extension's page on addons.mozilla.org, for the app's page about it; empty names none. EXTENSION_IDS needs the store's build."`
	MediaCacheSize int64          `env:"MEDIA_CACHE_SIZE" envDefault:"1073741824" doc:"Bytes of streamed parts of films that an API process keeps, as files without names in TMPDIR; it needs that much room. A part has a few MB, and all viewers share it. 0 turns streaming off."`
	TrustedProxies []netip.Prefix `env:"TRUSTED_PROXIES" doc:"Networks of proxies whose X-Forwarded-For header is trusted, separated by commas. Set it when a proxy is in front: their connections count as those of many clients, while without it all clients count as one and share its limits, those of sign-ins included."`
}

// Mail is how mails leave.
type Mail struct {
	From      string `env:"MAIL_FROM" doc:"Sender of all mails, such as Longhaul <longhaul@example.com>; its domain must be verified at Resend."`
	ResendKey string `env:"RESEND_API_KEY" secret:"true" doc:"Resend API key. Without it no mail is sent, so addresses can't be verified and passwords can't be reset."`
	ResendURL URL    `env:"RESEND_URL" envDefault:"https://api.resend.com" doc:"Address of Resend or of a server with the same API."`
}

// On reports whether mails are sent.
func (m Mail) On() bool { return m.ResendKey != "" }

// Accounts is who may have an account and how they prove themselves.
type Accounts struct {
	Registration       models.Registration `env:"REGISTRATION" envDefault:"invitation" doc:"Who can register until an administrator changes it: open (requires mail), invitation or closed."`
	RequireAdminTOTP   bool                `env:"REQUIRE_ADMIN_TOTP" envDefault:"false" doc:"Administrators must set up two-factor sign-in or a passkey before anything else."`
	TurnstileSiteKey   string              `env:"TURNSTILE_SITE_KEY" doc:"Site key of Cloudflare's Turnstile, which blocks bots from sign-in, registration and password reset."`
	TurnstileSecretKey string              `env:"TURNSTILE_SECRET_KEY" secret:"true" doc:"Secret key of Turnstile; empty means off."`
	TurnstileURL       string              `env:"TURNSTILE_URL" envDefault:"https://challenges.cloudflare.com/turnstile/v0/siteverify" doc:"Address that verifies Turnstile's answers."`
}

// Turnstile reports whether robots are checked.
func (a Accounts) Turnstile() bool { return a.TurnstileSecretKey != "" }

// Limits bound jobs and how long they wait.
type Limits struct {
	MaxRunningJobs   int             `env:"MAX_RUNNING_JOBS" envDefault:"10" doc:"Jobs of one user that run at once."`
	MaxUserStreams   int             `env:"MAX_USER_STREAMS" envDefault:"20" doc:"Event streams of one user that an API process serves at once; each open page of the web app has one."`
	MaxShareDays     int             `env:"MAX_SHARE_DAYS" envDefault:"0" doc:"Days that a share lasts at most; 0 lets it last until its owner revokes it."`
	MaxJobBytes      int64           `env:"MAX_JOB_BYTES" envDefault:"1099511627776" doc:"Bytes of one job's selected files; 0 means no limit."`
	ResolveTimeout   time.Duration   `env:"RESOLVE_TIMEOUT" envDefault:"5m" doc:"How long finding a source's file list may take, such as 5m or 1h30m."`
	StallTimeout     time.Duration   `env:"STALL_TIMEOUT" envDefault:"30m" doc:"How long a download may go without receiving a byte."`
	SelectionTimeout time.Duration   `env:"SELECTION_TIMEOUT" envDefault:"72h" doc:"How long a job waits for a choice of files."`
	RetryPauses      []time.Duration `env:"RETRY_PAUSES" envDefault:"15s,2m" doc:"Pauses before the retries of a source that fails but may recover, separated by commas; after the last, the job needs attention."`
	FailoverAfter    time.Duration   `env:"FAILOVER_AFTER" envDefault:"2m" doc:"How long a job waits for a provider that can't accept it before it moves to another one, if the failover policy allows that."`
	SlowBelow        int64           `env:"SLOW_BELOW" envDefault:"32768" doc:"Bytes a second below which a job on an agent counts as slow; such a job gives its slot up while jobs of users with fewer slots wait, and keeps what it has. 0 turns this off."`
	SlowAfter        time.Duration   `env:"SLOW_AFTER" envDefault:"30s" doc:"How long a job must be slow before it gives its slot up; doubles each time, up to 16 times."`
	TrashRetention   time.Duration   `env:"TRASH_RETENTION" envDefault:"168h" doc:"How long users can restore what they delete; it counts for their quota until then. 0 deletes for good at once."`
	AttentionTimeout time.Duration   `env:"ATTENTION_TIMEOUT" envDefault:"72h" doc:"How long a job that needs attention waits for a person."`
}

// Fetch is what the control plane itself may connect to.
type Fetch struct {
	AllowCIDRs []netip.Prefix `env:"FETCH_ALLOW_CIDRS" doc:"Private networks in which users' webhooks may be, separated by commas; none by default."`
}

// Seedr is the Seedr.cc account, if there is one. Its credentials are nowhere
// else than here.
type Seedr struct {
	URL        URL            `env:"SEEDR_URL" envDefault:"https://www.seedr.cc/rest" doc:"Base of Seedr's REST API."`
	Email      Secret         `env:"SEEDR_EMAIL" secret:"true" doc:"E-mail address of the Seedr.cc account; empty means no account."`
	Slots      int            `env:"SEEDR_SLOTS" envDefault:"0" doc:"Transfers that the Seedr.cc account runs at once; 0 uses the number published for its plan."`
	Password   Secret         `env:"SEEDR_PASSWORD" secret:"true" doc:"Password of the Seedr.cc account."`
	FromFile   bool           // the password came from a file
	AllowCIDRs []netip.Prefix `env:"SEEDR_ALLOW_CIDRS" doc:"Private networks in which SEEDR_URL and the download links are allowed, even unencrypted, separated by commas; for a simulator. None by default."`
}

// Configured reports whether there is an account.
func (s Seedr) Configured() bool { return s.Email != "" }

// Tracing is where spans are sent, by the variables that OpenTelemetry names.
type Tracing struct {
	Endpoint string  `env:"OTEL_EXPORTER_OTLP_ENDPOINT" doc:"Base URL of the OpenTelemetry collector that gets traces by OTLP over HTTP, such as http://collector:4318; empty means off."`
	Headers  string  `env:"OTEL_EXPORTER_OTLP_HEADERS" secret:"true" doc:"Headers for the collector, such as api-key=value, separated by commas."`
	Share    float64 `env:"OTEL_TRACES_SAMPLER_ARG" envDefault:"1" doc:"Share of traces that are recorded, from 0 to 1; a trace is recorded by all programs or none."`
}

// On reports whether spans are sent.
func (t Tracing) On() bool { return t.Endpoint != "" }

// Log is how a program logs.
type Log struct {
	Level  slog.Level `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
	Format LogFormat  `env:"LOG_FORMAT" envDefault:"json" doc:"json or text."`
}

// LogFormat is the form of a log line.
type LogFormat string

// The log formats.
const (
	LogJSON LogFormat = "json"
	LogText LogFormat = "text"
)

// Valid reports whether f is a known format.
func (f LogFormat) Valid() bool { return f == LogJSON || f == LogText }

// Load reads the configuration of a program from the process's environment and
// returns all its faults together.
func Load(p Process) (Config, error) { return Parse(p, env.ToMap(os.Environ())) }

// Parse is Load from the variables given.
func Parse(p Process, vars map[string]string) (Config, error) {
	var cfg Config
	vars, fileErr := withFiles(&cfg, vars)
	parseErr := named(cfg, env.ParseWithOptions(&cfg, env.Options{Environment: vars}))
	if parseErr != nil || fileErr != nil {
		// What could not be read would be reported a second time as missing.
		return Config{}, errors.Join(fileErr, parseErr)
	}
	cfg.Seedr.FromFile = vars["SEEDR_PASSWORD_FILE"] != ""
	if cfg.Storage.PublicEndpoint == "" {
		cfg.Storage.PublicEndpoint = cfg.Storage.Endpoint
	}
	if cfg.Storage.UploadID == "" && cfg.Storage.UploadSecret == "" {
		cfg.Storage.UploadID, cfg.Storage.UploadSecret = cfg.Storage.AccessKeyID, cfg.Storage.SecretAccessKey
	}
	return cfg, cfg.validate(p)
}

// URL is an http or https address.
type URL struct{ *url.URL }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *URL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return errors.New("must be an http or https address")
	}
	u.URL = parsed
	return nil
}

// String returns the address.
func (u URL) String() string {
	if u.URL == nil {
		return ""
	}
	return u.URL.String()
}
