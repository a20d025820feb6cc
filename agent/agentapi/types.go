// Package agentapi holds the wire types between the control plane and a
// compute agent, and the client of each side. It imports nothing of Longhaul,
// so that both programs can be of different versions.
//
// Both directions speak JSON over HTTP with a bearer credential. The control
// plane calls the agent below /v1, the agent calls the control plane below
// /agent/v1. A fault is a problem+json document (RFC 9457) with the members of
// Problem.
package agentapi

import "time"

// Kind is how far a transfer goes.
type Kind string

// The kinds of transfer.
const (
	KindResolve  Kind = "resolve"  // fetch the metadata only
	KindDownload Kind = "download" // fetch the content and store it
)

// Source is what to fetch. Exactly one of Magnet, Metainfo and URL is set.
type Source struct {
	Magnet   string `json:"magnet,omitempty"`
	Metainfo []byte `json:"metainfo,omitempty"` // the .torrent file, base64 in JSON
	URL      string `json:"url,omitempty"`
	KeepPage bool   `json:"keepPage,omitempty"` // a web page at the URL is what is wanted
	Login    *Login `json:"login,omitempty"`    // for the URL's own origin
}

// Login is a user name and password. It is never written to disk, and has no text
// in formatted output.
type Login struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// String hides the login.
func (Login) String() string { return "[login]" }

// GoString hides the login.
func (Login) GoString() string { return "[login]" }

// StartTransfer asks an agent to run a transfer: PUT /v1/transfers/{jobId}.
// The call is idempotent for the same epoch; a lower epoch than the agent
// knows for the job answers 409 superseded; a higher one takes the transfer
// over, keeping verified bytes on disk.
type StartTransfer struct {
	Epoch    int64     `json:"epoch"`
	Kind     Kind      `json:"kind"`
	Source   Source    `json:"source"`
	Files    []FileJob `json:"files,omitempty"` // download only: the selected files
	MaxBytes int64     `json:"maxBytes"`        // fail with content_too_large beyond; 0 means no limit

	BytesPerSecond int64 `json:"bytesPerSecond,omitempty"` // that this transfer may fetch with; 0 is no limit of its own

	ResolveTimeoutSeconds int64 `json:"resolveTimeoutSeconds"` // no metadata for so long ends in metadata_timeout
	StallTimeoutSeconds   int64 `json:"stallTimeoutSeconds"`   // no verified byte for so long ends in no_peers or stalled
}

// FileJob is one selected file of a download.
type FileJob struct {
	Index     int     `json:"index"`            // place in the manifest
	Size      int64   `json:"size"`             // bytes; -1 when unknown
	PartSize  int64   `json:"partSize"`         // bytes of each part but the last
	Validator string  `json:"validator"`        // url sources: the stored parts hold only for this ETag or date
	Stored    []int64 `json:"stored,omitempty"` // numbers of parts that are in storage already; their bytes need not be fetched
}

// Phase is what an agent's engine is doing; see the models package for the
// meaning of each value.
type Phase string

// The phases of a transfer.
const (
	PhaseStarting    Phase = "starting"
	PhaseResolving   Phase = "resolving"
	PhaseChecking    Phase = "checking"
	PhaseDownloading Phase = "downloading"
	PhaseUploading   Phase = "uploading"
	PhaseSeeding     Phase = "seeding"
	PhaseDone        Phase = "done"    // every part is in storage and was reported (download), or the manifest is there (resolve)
	PhaseFailed      Phase = "failed"  // see Fault
	PhaseStopped     Phase = "stopped" // stopped by request; keeps its bytes
)

// Ended reports whether nothing more happens in the phase.
func (p Phase) Ended() bool {
	return p == PhaseSeeding || p == PhaseDone || p == PhaseFailed || p == PhaseStopped
}

// Status is the state of one transfer on an agent.
type Status struct {
	JobID       string     `json:"jobId"`
	Epoch       int64      `json:"epoch"`
	Kind        Kind       `json:"kind"`
	Phase       Phase      `json:"phase"`
	BytesTotal  int64      `json:"bytesTotal"`  // selected bytes; -1 while unknown
	BytesDone   int64      `json:"bytesDone"`   // verified bytes, those in storage included
	BytesStored int64      `json:"bytesStored"` // bytes in storage
	DownRate    int64      `json:"downRate"`    // bytes per second
	UpRate      int64      `json:"upRate"`      // bytes per second to peers
	Peers       int        `json:"peers"`
	Seeders     int        `json:"seeders"`
	Waiting     *Reason    `json:"waiting,omitempty"`    // why nothing comes; nil while bytes flow
	GivesUpAt   *time.Time `json:"givesUpAt,omitempty"`  // when waiting ends in a fault
	VerifiedAt  *time.Time `json:"verifiedAt,omitempty"` // when the last byte was verified
	Fault       *Fault     `json:"fault,omitempty"`
}

// Reason is why nothing comes: a reason code of the models package, and what is
// particular to this time as data.
type Reason struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// Fault is why a transfer failed: a problem value of the models package and a
// sentence for the user, with what is particular to this time as data: whole
// numbers, names and instants.
type Fault struct {
	Problem string         `json:"problem"`
	Message string         `json:"message"`
	Params  map[string]any `json:"params,omitempty"`
}

// Changes answers GET /v1/transfers?since=REV&wait=MS: the transfers that
// changed after the revision, at once if one of them changed its phase,
// otherwise at most once a second, or empty after the wait. Since 0 lists all.
// A boot epoch other than the one known means that the revisions count from 1 again.
type Changes struct {
	BootEpoch int64    `json:"bootEpoch"`
	Revision  int64    `json:"revision"`
	Transfers []Status `json:"transfers"`
}

// Manifest is what a source holds: GET /v1/transfers/{jobId}/manifest after a
// resolve, and the answer of POST /v1/inspect. That of a URL which leads to a
// torrent has the torrent's metainfo, and the magnet link if it leads there by one.
type Manifest struct {
	Name        string         `json:"name"`
	Size        int64          `json:"size"` // -1 when unknown
	Files       []ManifestFile `json:"files"`
	InfoHashV1  string         `json:"infoHashV1,omitempty"`
	InfoHashV2  string         `json:"infoHashV2,omitempty"`
	PieceLength int64          `json:"pieceLength,omitempty"`
	Private     bool           `json:"private,omitempty"`
	Metainfo    []byte         `json:"metainfo,omitempty"`
	Magnet      string         `json:"magnet,omitempty"` // that a URL redirects to
}

// ManifestFile is one file of a manifest.
type ManifestFile struct {
	Index int    `json:"index"`
	Path  string `json:"path"` // sanitised, joined by "/"
	Size  int64  `json:"size"`
}

// Inspect asks an agent what a source holds without keeping anything:
// POST /v1/inspect. It answers within TimeoutSeconds.
type Inspect struct {
	Source         Source `json:"source"`
	Owner          string `json:"owner"` // who asks; one owner's inspections leave room for those of others
	TimeoutSeconds int64  `json:"timeoutSeconds"`
}

// Stop asks an agent to stop a transfer and keep its bytes:
// POST /v1/transfers/{jobId}/stop. With Flush it first finishes and uploads the
// parts of which it has something, for two minutes at most; the call does not wait
// for that, and the transfer's phase tells when it has stopped.
// DELETE /v1/transfers/{jobId}?epoch=N stops it and removes its bytes; an unknown
// transfer answers 204 as well.
type Stop struct {
	Epoch int64 `json:"epoch"`
	Flush bool  `json:"flush,omitempty"`
}

// Register enrols an agent: POST /agent/v1/register, without a bearer.
type Register struct {
	Token    string `json:"token"` // the one-time enrolment token
	URL      string `json:"url"`   // where the control plane reaches the agent
	Capacity int    `json:"capacity"`
	Version  string `json:"version"`
}

// Registered is the answer to Register. Both secrets are shown this once.
type Registered struct {
	AgentID    string `json:"agentId"`
	Name       string `json:"name"`
	Credential string `json:"credential"` // bearer of the agent's calls
	Secret     string `json:"secret"`     // bearer of the control plane's calls to the agent
}

// Hello opens a boot of the agent: POST /agent/v1/boot. The answer's epoch
// fences every older process that has the same credential.
type Hello struct {
	URL      string `json:"url"`
	Capacity int    `json:"capacity"`
	Version  string `json:"version"`
}

// Booted is the answer to Hello.
type Booted struct {
	BootEpoch int64  `json:"bootEpoch"`
	Secret    string `json:"secret,omitempty"` // bearer of the control plane's calls from now on; empty: as before
}

// Heartbeat is sent every 15 s: POST /agent/v1/heartbeat. A boot epoch that is
// not the newest answers 409 superseded.
type Heartbeat struct {
	BootEpoch int64 `json:"bootEpoch"`
	Running   int   `json:"running"`
	Capacity  int   `json:"capacity"`
	DiskFree  int64 `json:"diskFree"`
	DiskTotal int64 `json:"diskTotal"`
	DownRate  int64 `json:"downRate"`
}

// HeartbeatReply tells the agent what admins want it to do.
type HeartbeatReply struct {
	State     string `json:"state"`               // active, cordoned or draining
	RateLimit int64  `json:"rateLimit,omitempty"` // bytes per second of all transfers together; 0 is no limit
}

// Uploads reports parts that are in storage and asks for the addresses of more:
// POST /agent/v1/uploads. An epoch that is not the job's newest answers 409
// superseded. At most 64 of each at once. The same report twice is harmless.
type Uploads struct {
	JobID string       `json:"jobId"`
	Epoch int64        `json:"epoch"`
	Done  []PartDone   `json:"done,omitempty"`
	Want  []PartWanted `json:"want,omitempty"`
	Sizes []FileSize   `json:"sizes,omitempty"` // sizes that were unknown and are known now, before their last part is wanted
}

// PartWanted is a verified part that the agent wants to upload.
type PartWanted struct {
	Index     int    `json:"index"`               // file
	Number    int    `json:"number"`              // from 1
	Size      int64  `json:"size"`                // bytes, signed into the address
	CRC32C    string `json:"crc32c"`              // base64 of the big-endian CRC-32C, signed into the address
	Validator string `json:"validator,omitempty"` // url sources: what the bytes belong to; another one than stored drops the old parts
}

// PartDone is a part that storage took.
type PartDone struct {
	Index  int     `json:"index"`
	Number int     `json:"number"`
	Size   int64   `json:"size"`
	CRC32C string  `json:"crc32c"`
	CRC32  *uint32 `json:"crc32,omitempty"` // IEEE, as in zips; agents of the release before have none
	ETag   string  `json:"etag"`
}

// FileSize is the size of a file that became known while it was fetched.
type FileSize struct {
	Index int   `json:"index"`
	Size  int64 `json:"size"`
}

// UploadsReply has one address for each wanted part, in the same order.
type UploadsReply struct {
	URLs []PartURL `json:"urls"`
}

// PartURL is where one part goes by PUT, with the headers that were signed.
// The address is good for 15 minutes.
type PartURL struct {
	Index   int               `json:"index"`
	Number  int               `json:"number"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// Problem is the body of a fault answer.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"` // a problem value of the models package, such as superseded
}
