package agent

import (
	"net/netip"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// EngineCommand is the argument by which the program runs as the engine of one
// transfer instead of as an agent.
const EngineCommand = "engine"

// orderKind is what the supervisor tells a child.
type orderKind string

const (
	orderRun      orderKind = "run"      // first line: what to do
	orderLimit    orderKind = "limit"    // how many verified bytes may lie on disk
	orderReleased orderKind = "released" // a range is in storage and gone from the disk
	orderStop     orderKind = "stop"     // flush and exit
)

// order is one line from the supervisor to a child.
type order struct {
	Do    orderKind `json:"do"`
	Run   *runOrder `json:"run,omitempty"`
	Limit int64     `json:"limit,omitempty"` // 0 is none
	Span  *span     `json:"span,omitempty"`
}

// runOrder is everything a child needs; it has no credentials and reads no
// environment.
type runOrder struct {
	Kind     agentapi.Kind      `json:"kind"`
	Source   agentapi.Source    `json:"source"`
	Files    []agentapi.FileJob `json:"files,omitempty"`
	MaxBytes int64              `json:"maxBytes"`
	Resolve  time.Duration      `json:"resolve"`
	Stall    time.Duration      `json:"stall"`
	Limit    int64              `json:"limit,omitempty"` // as in order
	Engine   EngineConfig       `json:"engine"`
	Bounds   childBounds        `json:"bounds"`
}

// EngineConfig is what the operator configured for the engines.
type EngineConfig struct {
	AllowCIDRs  []netip.Prefix `json:"allowCidrs,omitempty"` // private networks that sources and peers may be in
	BindIP      netip.Addr     `json:"bindIp"`               // local address of outgoing connections; zero is any
	DHT         bool           `json:"dht"`
	Ports       string         `json:"ports,omitempty"` // range for incoming peers; empty is a random one
	SeedRatio   float64        `json:"seedRatio,omitempty"`
	SeedTime    time.Duration  `json:"seedTime,omitempty"`
	Connections int            `json:"connections,omitempty"` // per url source; 0 is the engine's default
}

// childBounds are what a child may take from the machine.
type childBounds struct {
	DataBytes uint64 `json:"dataBytes"` // private writable memory
	OpenFiles uint64 `json:"openFiles"`
}

// newsKind is what a child tells the supervisor.
type newsKind string

const (
	newsAlive     newsKind = "alive"     // the engine answers
	newsReport    newsKind = "report"    // how it goes
	newsVerified  newsKind = "verified"  // ranges are on disk and right
	newsSize      newsKind = "size"      // a size became known
	newsValidator newsKind = "validator" // what the bytes belong to; another one drops the file's ranges
	newsManifest  newsKind = "manifest"  // a resolve has ended well
	newsDone      newsKind = "done"      // a download has ended well
	newsFault     newsKind = "fault"     // it has ended badly
)

// news is one line from a child to the supervisor.
type news struct {
	Say       newsKind         `json:"say"`
	Report    *reportNews      `json:"report,omitempty"`
	Spans     []span           `json:"spans,omitempty"`
	File      int              `json:"file,omitempty"`
	Size      int64            `json:"size,omitempty"`
	Validator string           `json:"validator,omitempty"`
	Manifest  *models.Manifest `json:"manifest,omitempty"`
	Fault     *agentapi.Fault  `json:"fault,omitempty"`
}

// reportNews is an engine's report.
type reportNews struct {
	Phase     models.Phase `json:"phase"`
	DownRate  int64        `json:"downRate"`
	UpRate    int64        `json:"upRate"`
	Peers     int          `json:"peers"`
	Seeders   int          `json:"seeders"`
	Waiting   string       `json:"waiting,omitempty"`
	GivesUpAt *time.Time   `json:"givesUpAt,omitempty"`
}

// span is a range of a file.
type span struct {
	File   int   `json:"f"`
	Off    int64 `json:"o"`
	Length int64 `json:"n"`
}

func (s span) end() int64 { return s.Off + s.Length }
