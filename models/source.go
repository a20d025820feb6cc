package models

import "github.com/google/uuid"

// SourceKind is what a user submits.
type SourceKind string

// The kinds of source.
const (
	SourceMagnet  SourceKind = "magnet"  // a magnet link (BEP 9, BEP 53)
	SourceTorrent SourceKind = "torrent" // a metainfo file (BEP 3, BEP 52)
	SourceURL     SourceKind = "url"     // a direct http or https URL
)

// Valid reports whether k is a known kind.
func (k SourceKind) Valid() bool { return k == SourceMagnet || k == SourceTorrent || k == SourceURL }

// Source is where a job's content comes from, validated and normalised by
// internal/source. It may contain passkeys and tracker credentials, so it is
// never logged and never enters a workflow history.
type Source struct {
	Kind       SourceKind
	URI        string // the normalised magnet link or URL; empty for a torrent
	Metainfo   []byte // the .torrent file; empty for magnet and url
	InfoHashV1 string // 40 lower-case hex digits; empty if there is none
	InfoHashV2 string // 64 lower-case hex digits; empty if there is none
	Name       string // display name known so far; may be empty
	Private    bool   // BEP 27: only the trackers named in the metainfo may be used
	Select     []int  // file indexes chosen by the magnet's "so" (BEP 53); nil for all
	KeepPage   bool   // a web page at the URL is what the user wants
	Login      *Login // that a url names for its own server; nil without one
	Sealed     string // the login as it is stored, for Owner; empty without one, and where Login is set
	Owner      uuid.UUID
	Origin     string // the url that led to it; empty for what a user submitted as it is

	// Notes say what is not used or not certain of it, for the timeline of its job.
	Notes []Reason
}

// InfoHash returns the v1 info hash, else the v2 one, else "".
func (s Source) InfoHash() string {
	if s.InfoHashV1 != "" {
		return s.InfoHashV1
	}
	return s.InfoHashV2
}

// Manifest is what a source turns out to contain: its name and files.
type Manifest struct {
	Name        string         `json:"name"`
	Size        int64          `json:"size"` // bytes of all files; -1 if the server doesn't say
	Files       []ManifestFile `json:"files"`
	InfoHashV1  string         `json:"infoHashV1,omitempty"`
	InfoHashV2  string         `json:"infoHashV2,omitempty"`
	PieceLength int64          `json:"pieceLength,omitempty"` // bytes; 0 for a url
	Private     bool           `json:"private,omitempty"`
	Metainfo    []byte         `json:"metainfo,omitempty"` // the complete .torrent built from resolved metadata; base64 in JSON
	Magnet      string         `json:"magnet,omitempty"`   // the normalised link that a url redirects to

	// Notes say what is not used or not certain of it, for the timeline of its job.
	Notes []Reason `json:"notes,omitempty"`
}

// ManifestFile is one file of a manifest. Padding files (BEP 47) and symbolic
// links are left out, but keep their position in the numbering.
type ManifestFile struct {
	Index int    `json:"index"` // place in the metainfo's file list, from 0
	Path  string `json:"path"`  // sanitised display path, components joined by "/"
	Size  int64  `json:"size"`  // bytes; -1 when unknown
}
