package source

import (
	"bytes"
	"crypto/sha1" // the v1 info hash is SHA-1 by BEP 3
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"longhaul/internal/charset"
	"longhaul/models"
)

// ParseTorrent checks a .torrent file and returns it as a source, rebuilt from
// its info dictionary, its piece layers, at most 50 http, https and udp
// trackers and at most 20 web seeds, and what it holds. What follows the end of
// the file is left out, as are DHT nodes and everything else that could make a
// downloader call somewhere. Faults are malformed_torrent, unsupported_torrent,
// source_too_large, content_too_large, too_many_files, unsafe_path and no_files.
func ParseTorrent(b []byte) (models.Source, models.Manifest, error) {
	if len(b) > MaxTorrentBytes {
		return models.Source{}, models.Manifest{}, models.Fault(models.ProblemSourceTooLarge,
			"The .torrent file is larger than %d MiB.", MaxTorrentBytes>>20)
	}
	value, err := scan(b)
	if err != nil {
		return models.Source{}, models.Manifest{}, notBencode(b, err)
	}
	top, err := readTop(value)
	if err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	in, man, err := inspect(top.info, top.encoding)
	if err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	if top.layers, err = in.keepLayers(top.layers); err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	if err := in.accept(top.layers); err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	man.Notes = slices.Concat(man.Notes, top.trackers.note(), top.seeds.note())
	return models.Source{
		Kind: models.SourceTorrent, Metainfo: top.build(), Name: man.Name, Private: man.Private,
		InfoHashV1: man.InfoHashV1, InfoHashV2: man.InfoHashV2,
	}, man, nil
}

// ParseInfo checks an info dictionary alone, as it comes from peers, and
// returns what it holds. The caller compares the info hashes with those that
// it asked for. Faults are those of ParseTorrent.
func ParseInfo(info []byte) (models.Manifest, error) {
	if len(info) > MaxTorrentBytes {
		return models.Manifest{}, models.Fault(models.ProblemSourceTooLarge,
			"The torrent's metadata is larger than %d MiB.", MaxTorrentBytes>>20)
	}
	value, err := scan(info)
	if err != nil {
		return models.Manifest{}, notBencode(info, err)
	}
	if len(value) < len(info) { // it would have another hash
		return models.Manifest{}, malformed("bytes follow its info section")
	}
	in, man, err := inspect(info, "")
	if err != nil {
		return models.Manifest{}, err
	}
	return man, in.accept(nil)
}

// accept refuses what only the whole of a torrent tells.
func (in *info) accept(layers map[string]string) error {
	if err := engineAgrees(in, layers); err != nil {
		return err
	}
	if in.nameless {
		return unsafePath("No file of this torrent has a usable name.")
	}
	return nil
}

// inspect reads a scanned info dictionary and applies every rule to it.
func inspect(raw []byte, encoding string) (*info, models.Manifest, error) {
	in, err := readInfo(raw)
	if err != nil {
		return nil, models.Manifest{}, err
	}
	if err := in.check(); err != nil {
		return nil, models.Manifest{}, err
	}
	man, err := in.manifest(encoding)
	if err != nil {
		return nil, models.Manifest{}, err
	}
	if in.hasV1() {
		sum := sha1.Sum(raw)
		man.InfoHashV1 = hex.EncodeToString(sum[:])
	}
	if in.hasV2() {
		sum := sha256.Sum256(raw)
		man.InfoHashV2 = hex.EncodeToString(sum[:])
	}
	if man.Name == "" {
		man.Name = man.InfoHashV1
		if man.Name == "" {
			man.Name = man.InfoHashV2
		}
	}
	return in, man, nil
}

// manifest lists the files that a user gets: without padding and symbolic
// links, with sanitised unique paths and the engine's numbering. Names that are
// not UTF-8 are in the encoding, if it is declared rightly.
func (in *info) manifest(encoding string) (models.Manifest, error) {
	names := folderNames{clean: map[string]string{}, decode: charset.New(encoding, in.names())}
	man := models.Manifest{Name: in.displayName(names.decode), PieceLength: in.pieceLength, Private: in.private}
	var paths []string
	bytes, unnamed := 0, 0
	for i, e := range in.entries() {
		if e.skipped() {
			continue
		}
		path, named, err := names.path(e.display(), "unnamed file "+strconv.Itoa(i+1))
		if title := sanitizeTitle(names.decode.Decode(e.display()[0])); in.single() && title != "" {
			path, named, err = title, true, nil
		}
		if err != nil {
			return models.Manifest{}, err
		}
		if !named {
			unnamed++
		}
		if bytes += len(path); bytes > maxPathsBytes {
			return models.Manifest{}, unsafePath("The names of this torrent's files have more than %d MiB.", maxPathsBytes>>20)
		}
		paths = append(paths, path)
		man.Files = append(man.Files, models.ManifestFile{Index: i, Size: e.size})
		man.Size += e.size
	}
	if len(man.Files) == 0 {
		return models.Manifest{}, models.Fault(models.ProblemNoFiles, "This torrent has no files.")
	}
	in.nameless = unnamed == len(man.Files)
	paths, few := distinct(paths, maxFolders)
	if !few {
		return models.Manifest{}, unsafePath("This torrent has more than %d folders.", maxFolders)
	}
	for i, path := range paths {
		man.Files[i].Path = path
	}
	man.Notes = nameNotes(names.decode, unnamed)
	return man, nil
}

// names returns the names that are shown, as they were sent.
func (in *info) names() [][]byte {
	names := [][]byte{in.title()}
	for _, e := range in.entries() {
		if !e.skipped() {
			names = append(names, e.display()...)
		}
	}
	return names
}

// nameNotes says what the names went through.
func nameNotes(d charset.Decoder, unnamed int) (notes []models.Reason) {
	if d.Guessed {
		notes = append(notes, models.Because(models.ReasonNamesGuessed, "encoding", d.Name))
	}
	if unnamed > 0 {
		notes = append(notes, models.Because(models.ReasonNamesReplaced, "files", unnamed))
	}
	return notes
}

func unsafePath(format string, args ...any) error {
	return models.Fault(models.ProblemUnsafePath, format, args...)
}

// folderNames are the folders' names of a torrent as they were sent, each with
// what it was cleaned to: files share their folders, so each is cleaned once.
type folderNames struct {
	clean  map[string]string
	decode charset.Decoder
}

// path is SanitizePath for one file of a torrent. It stops at the limits of a
// path, before it has cleaned what is beyond them. A name of which nothing is
// left is left out; the last one is replaced then, and the file is not named.
func (f folderNames) path(components [][]byte, otherwise string) (path string, named bool, err error) {
	var out strings.Builder
	add := func(name string) {
		if out.Len() > 0 {
			out.WriteByte('/')
		}
		out.WriteString(name)
	}
	depth := 0
	for _, component := range components {
		named = false
		// Decoded first: the second byte of a character may be a backslash's.
		for part := range parts([]string{f.decode.Decode(component)}) {
			if depth++; depth > MaxDepth {
				return "", false, deepPath()
			}
			clean := f.cleaned(part)
			if named = clean != ""; !named {
				continue
			}
			if add(clean); out.Len() > maxPathBytes {
				return "", false, unsafePath("The path of a file of this torrent is longer than %d bytes.", maxPathBytes)
			}
		}
	}
	if !named {
		add(otherwise)
	}
	return out.String(), named, nil
}

func (f folderNames) cleaned(part string) string {
	clean, known := f.clean[part]
	if !known {
		clean = cleanComponent(part)
		if len(part) <= maxNameBytes && len(f.clean) < maxFolders {
			f.clean[part] = clean
		}
	}
	return clean
}

func (in *info) title() []byte {
	if len(in.nameUTF8) > 0 && (utf8.Valid(in.nameUTF8) || len(in.name) == 0) {
		return in.nameUTF8
	}
	return in.name
}

func (in *info) displayName(d charset.Decoder) string { return sanitizeTitle(d.Decode(in.title())) }

// metafile is what is used of a .torrent file's outer dictionary.
type metafile struct {
	info     []byte
	trackers trackerList
	layers   map[string]string
	seeds    seedList
	encoding string // of names, as declared
}

func readTop(b []byte) (metafile, error) {
	var top metafile
	var announce string
	var tiers [][]string
	var flat, seeds, old []string
	r := &reader{b: b}
	err := r.dict(func(key []byte) (err error) {
		switch string(key) {
		case "info":
			if r.kind() != 'd' {
				return errSyntax
			}
			top.info, err = r.raw()
		case "announce":
			announce, err = r.announce()
		case "announce-list":
			tiers, flat, err = r.announceList()
		case "piece layers":
			top.layers, err = r.pieceLayers()
		case "url-list":
			seeds, err = r.urlList()
		case "httpseeds":
			old, err = r.urlList()
		case "encoding", "codepage":
			err = r.declaration(&top.encoding)
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil {
		return metafile{}, malformed("its outer structure is invalid").Because(err)
	}
	if top.info == nil {
		return metafile{}, malformed("it has no info section")
	}
	top.trackers, top.seeds = chooseTrackers(tiers, announce, flat), readSeeds(seeds)
	if len(old) > 0 { // BEP 17, with a protocol of its own
		top.seeds.unused.add("httpseeds")
	}
	return top, nil
}

// declaration reads what encoding the names have: a label, or the number of a
// code page, which says less.
func (r *reader) declaration(to *string) error {
	if r.kind() == 'i' {
		n, err := r.integer()
		if *to == "" {
			*to = strconv.FormatInt(n, 10)
		}
		return err
	}
	s, err := r.optionalString()
	if len(s) > 0 && len(s) <= maxEncodingBytes {
		*to = string(s)
	}
	return err
}

// optionalString reads a string, or passes over a value of another kind.
func (r *reader) optionalString() ([]byte, error) {
	if r.kind() == 's' {
		return r.str()
	}
	return nil, r.skip()
}

func (r *reader) pieceLayers() (map[string]string, error) {
	layers := map[string]string{}
	err := r.dict(func(key []byte) error {
		layer, err := r.str()
		if err == nil && len(layers) < MaxFiles {
			layers[string(key)] = string(layer)
		}
		return err
	})
	return layers, err
}

func malformed(what string) *models.Error {
	return models.Fault(models.ProblemMalformedTorrent, "This isn't a valid .torrent file: %s.", what)
}

// notBencode describes a file that is not a bencoded value at all.
func notBencode(b []byte, cause error) error {
	head := bytes.ToLower(bytes.TrimSpace(b[:min(len(b), 64)]))
	switch {
	case len(b) == 0:
		return malformed("it is empty").Because(cause)
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")):
		return malformed("it is a web page").Because(cause)
	case bytes.HasPrefix(head, []byte("magnet:")):
		return malformed("it is a magnet link; paste it as text").Because(cause)
	case errors.Is(cause, errDepth):
		return malformed("it is nested too deeply").Because(cause)
	case errors.Is(cause, errTokens):
		return malformed("it has too many entries").Because(cause)
	default:
		return malformed("it is damaged or in another format").Because(cause)
	}
}
