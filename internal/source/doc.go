// Package source turns what a user submits (a magnet link, a .torrent file, a
// direct URL) into a validated, normalised models.Source, and a metainfo into
// a models.Manifest. Its limits hold before any library sees the bytes: sizes,
// nesting, counts and arithmetic are checked by its own small parser.
//
// It fetches nothing and resolves no names: whether an address may be opened
// is decided by internal/fetch when it is opened. Names and paths that it
// returns are for display, zip entries and headers; they are never a place on
// a disk or in object storage.
package source

// Limits of a source.
const (
	MaxTorrentBytes = 10 << 20 // a .torrent file
	MaxMagnetBytes  = 64 << 10 // a magnet link
	MaxURLBytes     = 8 << 10  // a URL
	MaxFiles        = 50_000   // files of a torrent, padding included
	MaxPieces       = 1 << 20
	MinPieceLength  = 1 << 10 // of a v1 torrent; others have 16 KiB at least
	MaxPieceLength  = 128 << 20
	MaxTrackers     = 50
	MaxSeeds        = 20 // web seeds; peers that a magnet link names
	MaxDepth        = 64 // folders of a path; levels of a bencoded value

	maxTokens        = 3_000_000 // values of a bencoded file
	maxTrackerBytes  = 2048
	maxEncodingBytes = 64 // a label
	maxPathBytes     = 4096
	maxNameBytes     = 255
	maxPathsBytes    = 16 << 20 // all paths of a torrent together
	maxFolders       = 4 * MaxFiles
)
