package seedrtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// Generation is a form of answers.
type Generation string

// The generations.
const (
	Modern Generation = "modern" // "success", folder "path", refusals as 4xx with "reason_phrase"
	Legacy Generation = "legacy" // "result" and "code", folder "name", refusals as HTTP 200
)

// Switches say how the simulator behaves where the real service's behaviour
// differs or is unknown. Durations are in nanoseconds in JSON.
type Switches struct {
	Generation Generation `json:"generation"`

	// The account.
	Plan        string `json:"plan"`        // package_name
	NoREST      int    `json:"noRest"`      // the plan has no REST API: every call is refused with this status
	Slots       int    `json:"slots"`       // transfers at once
	SpaceMax    int64  `json:"spaceMax"`    // bytes
	WishlistMax int    `json:"wishlistMax"` // entries
	WishAs200   bool   `json:"wishAs200"`   // a full account answers 200 with a wishlist entry, as if all were well

	// How transfers go.
	MetadataDelay time.Duration `json:"metadataDelay"` // a magnet's time at 0/0/0, named by its hash
	MoveDelay     time.Duration `json:"moveDelay"`     // from 100 to 101
	FolderDelay   time.Duration `json:"folderDelay"`   // from 101 until the folder or file is there
	HideFolderID  bool          `json:"hideFolderId"`  // the transfer never tells its folder
	ForgetDone    bool          `json:"forgetDone"`    // a finished transfer answers 404 at once
	EarlyFolder   bool          `json:"earlyFolder"`   // the folder is there while the transfer still runs
	SingleInRoot  bool          `json:"singleInRoot"`  // a single file lands in the root without a folder
	MangleNames   bool          `json:"mangleNames"`   // names lose their punctuation
	StringNumbers bool          `json:"stringNumbers"` // numbers, and lists of warnings, come as strings
	LateLeftovers time.Duration `json:"lateLeftovers"` // a cancelled transfer's folder appears so much later
	Conflict      bool          `json:"conflict"`      // a duplicate is refused with 409 instead of an answer without id
	DropTooBig    bool          `json:"dropTooBig"`    // a magnet that turns out too big vanishes instead of waiting at 0 %

	// How files are served.
	ReadersPerLink int           `json:"readersPerLink"`
	LinkLife       time.Duration `json:"linkLife"`
	BytesPerSecond int64         `json:"bytesPerSecond"` // of each reader; 0 is as fast as it goes

	// CallsPerSecond is how many calls are admitted in any second; more are
	// refused with 429 and kept as a violation. 0 admits all.
	CallsPerSecond int `json:"callsPerSecond"`
}

// Default is a well-behaved account of the newest kind.
func Default() Switches {
	return Switches{
		Generation: Modern, Plan: "MASTER", Slots: 25, SpaceMax: 1 << 40, WishlistMax: 2,
		MoveDelay: 50 * time.Millisecond, ReadersPerLink: 2, LinkLife: 24 * time.Hour, CallsPerSecond: 5,
	}
}

// Fault is something that goes wrong with one call.
type Fault string

// The faults of API calls.
const (
	FaultHTML500    Fault = "html500"     // 502 with a web page
	FaultJSON500    Fault = "json500"     // 500 with JSON
	FaultHTML200    Fault = "html200"     // 200 with a web page
	FaultGarbage    Fault = "garbage"     // 200 with broken JSON
	FaultHang       Fault = "hang"        // no answer until the caller gives up
	FaultReset      Fault = "reset"       // the connection breaks before the act
	FaultLostAnswer Fault = "lost_answer" // the act is done, but its answer is lost
	FaultLimitJSON  Fault = "limit_json"  // 429 with JSON and Retry-After: 1
	FaultLimitHTML  Fault = "limit_html"  // 429 with nginx's page and no Retry-After
	FaultLimit403   Fault = "limit_403"   // 403 that says "Rate limit exceeded", Retry-After: 1
	FaultAuth       Fault = "auth"        // 401 with a web page
)

// The faults of reading a file from a node.
const (
	FaultNotReady  Fault = "not_ready"  // 404 with Retry-After: 5 for a fresh link
	FaultForbidden Fault = "forbidden"  // 403: the link is not accepted any more
	FaultShort     Fault = "short_body" // the body ends half way
	FaultBusy      Fault = "busy"       // nginx's 429 although there is no other reader
	FaultNode500   Fault = "node_500"   // 503 with a web page
	FaultCut       Fault = "cut"        // the connection is reset half way
)

// Faults of the two kinds, for suites that walk them.
var (
	APIFaults = []Fault{
		FaultHTML500, FaultJSON500, FaultHTML200, FaultGarbage, FaultHang, FaultReset, FaultLostAnswer, FaultLimitJSON,
		FaultLimitHTML, FaultLimit403, FaultAuth,
	}
	NodeFaults = []Fault{FaultNotReady, FaultForbidden, FaultShort, FaultBusy, FaultNode500, FaultCut}
)

func (f Fault) onNode() bool {
	for _, n := range NodeFaults {
		if f == n {
			return true
		}
	}
	return false
}

// planned is a fault that waits for its calls.
type planned struct {
	fault Fault
	route string // empty is any
	left  int
}

// Inject makes the next n calls of a route fail; the empty route is any that
// the fault fits.
func (s *Sim) Inject(f Fault, route string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = append(s.planned, &planned{f, route, n})
}

// Random makes calls fail by chance, from 0 to 1, by faults drawn with the
// seed. A chance of 0 ends it.
func (s *Sim) Random(seed uint64, chance float64, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chance, s.random, s.drawn = chance, rand.New(rand.NewPCG(seed, 0)), faults
}

// fault returns what goes wrong with a call, "" for nothing.
func (s *Sim) fault(route string, node bool) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.planned {
		if p.left > 0 && p.fault.onNode() == node && (p.route == "" || p.route == route) {
			p.left--
			s.stats.Faults[p.fault]++
			return p.fault
		}
	}
	if s.chance <= 0 || s.random.Float64() >= s.chance {
		return ""
	}
	f := s.drawn[s.random.IntN(len(s.drawn))]
	if f.onNode() != node {
		return ""
	}
	s.stats.Faults[f]++
	return f
}

// Set changes switches.
func (s *Sim) Set(change func(*Switches)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.sw)
}

// Switches returns the switches.
func (s *Sim) Switches() Switches {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sw
}

// setJSON changes the switches that a JSON object names.
func (s *Sim) setJSON(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.sw
	if err := json.Unmarshal(b, &next); err != nil {
		return fmt.Errorf("switches: %w", err)
	}
	s.sw = next
	return nil
}
