// Package childapi is the protocol between a supervisor and its child
// processes: orders go to a child's standard input and news come from its
// standard output, one JSON object per line. It has no logic; package child
// implements it in the child's process, package spawn in the supervisor's.
package childapi

import (
	"net/netip"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/internal/byterange"
	"longhaul/models"
)

// Command is the argument by which the program runs as the child for one
// transfer instead of as an agent.
const Command = "engine"

// ExitRenew is the exit code of a child that has to be started again because
// what it may read of the machine has changed. It did nothing wrong.
const ExitRenew = 75

// OrderKind is what the supervisor tells a child.
type OrderKind string

// The orders.
const (
	OrderRun      OrderKind = "run"      // first line: what to do; once more, after a resolve that kept its answer
	OrderLimit    OrderKind = "limit"    // how many verified bytes may lie on disk
	OrderReleased OrderKind = "released" // a range is in storage and gone from the disk
	OrderFlush    OrderKind = "flush"    // finish the parts that are started, and exit
	OrderPace     OrderKind = "pace"     // how fast to fetch
	OrderStop     OrderKind = "stop"     // exit at once, in order
)

// Order is one line from the supervisor to a child.
type Order struct {
	Do    OrderKind `json:"do"`
	Run   *Run      `json:"run,omitempty"`
	Limit int64     `json:"limit,omitempty"` // 0 is none
	Pace  int64     `json:"pace,omitempty"`  // bytes per second; 0 is no limit
	Span  *Span     `json:"span,omitempty"`
}

// Run is everything a child needs; it has no credentials but the login of its
// source, and reads no environment.
type Run struct {
	Kind     agentapi.Kind   `json:"kind"`
	Source   agentapi.Source `json:"source"`
	Files    []disk.FileSpec `json:"files,omitempty"`
	MaxBytes int64           `json:"maxBytes"`
	Resolve  time.Duration   `json:"resolve"`
	Stall    time.Duration   `json:"stall"`
	Limit    int64           `json:"limit,omitempty"` // as in Order
	Pace     int64           `json:"pace,omitempty"`  // as in Order
	Engine   EngineConfig    `json:"engine"`
	Bounds   Bounds          `json:"bounds"`
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
	Hold        time.Duration  `json:"hold,omitempty"`        // how long a resolve keeps the answer for a download of the same source
}

// Bounds are what a child may take from the machine.
type Bounds struct {
	DataBytes uint64 `json:"dataBytes"` // private writable memory
	OpenFiles uint64 `json:"openFiles"`
	FileBytes uint64 `json:"fileBytes,omitempty"` // size of one file; 0 is any
}

// NewsKind is what a child tells the supervisor.
type NewsKind string

// The news.
const (
	NewsAlive     NewsKind = "alive"     // the engine answers
	NewsReport    NewsKind = "report"    // how it goes
	NewsVerified  NewsKind = "verified"  // ranges are on disk and right
	NewsSize      NewsKind = "size"      // a size became known
	NewsValidator NewsKind = "validator" // what the bytes belong to; another one drops the file's ranges
	NewsManifest  NewsKind = "manifest"  // a resolve has ended well
	NewsDone      NewsKind = "done"      // a download has ended well
	NewsFlushed   NewsKind = "flushed"   // what was started of a download is finished, as ordered
	NewsFault     NewsKind = "fault"     // it has ended badly
)

// News is one line from a child to the supervisor.
type News struct {
	Say       NewsKind         `json:"say"`
	Report    *engine.Report   `json:"report,omitempty"`
	Spans     []Span           `json:"spans,omitempty"`
	File      int              `json:"file,omitempty"`
	Size      int64            `json:"size,omitempty"`
	Validator string           `json:"validator,omitempty"`
	Manifest  *models.Manifest `json:"manifest,omitempty"`
	Kept      bool             `json:"kept,omitempty"` // with a manifest: the child waits for a download of the same source
	Fault     *agentapi.Fault  `json:"fault,omitempty"`
}

// Span is a range of a file.
type Span struct {
	File int `json:"file"`
	byterange.Range
}
