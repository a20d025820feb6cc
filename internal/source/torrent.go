package source

import (
	"bytes"
	"crypto/sha1" // the v1 info hash is SHA-1 by BEP 3
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"longhaul/models"
)

// ParseTorrent checks a .torrent file and returns it as a source, rebuilt from
// its info dictionary, its piece layers and at most 50 http, https and udp
// trackers, and what it holds. Web seeds, DHT nodes and everything else that
// could make a downloader call somewhere are left out. Faults are
// malformed_torrent, unsupported_torrent, source_too_large, content_too_large,
// too_many_files, unsafe_path and no_files.
func ParseTorrent(b []byte) (models.Source, models.Manifest, error) {
	if len(b) > MaxTorrentBytes {
		return models.Source{}, models.Manifest{}, models.Fault(models.ProblemSourceTooLarge,
			"The .torrent file is larger than %d MiB.", MaxTorrentBytes>>20)
	}
	if err := scan(b); err != nil {
		return models.Source{}, models.Manifest{}, notBencode(b, err)
	}
	top, err := readTop(b)
	if err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	in, man, err := inspect(top.info)
	if err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	layers, err := in.keepLayers(top.layers)
	if err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	meta := BuildTorrent(top.info, top.tiers, layers)
	if err := engineAgrees(meta, in); err != nil {
		return models.Source{}, models.Manifest{}, err
	}
	return models.Source{
		Kind: models.SourceTorrent, Metainfo: meta, Name: man.Name, Private: man.Private,
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
	if err := scan(info); err != nil {
		return models.Manifest{}, notBencode(info, err)
	}
	in, man, err := inspect(info)
	if err != nil {
		return models.Manifest{}, err
	}
	return man, engineAgrees(BuildTorrent(info, nil, nil), in)
}

// inspect reads a scanned info dictionary and applies every rule to it.
func inspect(raw []byte) (*info, models.Manifest, error) {
	in, err := readInfo(raw)
	if err != nil {
		return nil, models.Manifest{}, err
	}
	if err := in.check(); err != nil {
		return nil, models.Manifest{}, err
	}
	man, err := in.manifest()
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
// links, with sanitised unique paths and the engine's numbering.
func (in *info) manifest() (models.Manifest, error) {
	man := models.Manifest{Name: in.displayName(), PieceLength: in.pieceLength, Private: in.private}
	var paths []string
	names, bytes := folderNames{}, 0
	for i, e := range in.entries() {
		if e.skipped() {
			continue
		}
		path, err := names.path(e.display())
		if in.single() {
			path, err = sanitizeTitle(string(e.display()[0])), nil
		}
		if err != nil {
			return models.Manifest{}, err
		}
		if path == "" {
			return models.Manifest{}, unsafePath("A file of this torrent has an unusable name.")
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
	paths, few := distinct(paths, maxFolders)
	if !few {
		return models.Manifest{}, unsafePath("This torrent has more than %d folders.", maxFolders)
	}
	for i, path := range paths {
		man.Files[i].Path = path
	}
	return man, nil
}

func unsafePath(format string, args ...any) error {
	return models.Fault(models.ProblemUnsafePath, format, args...)
}

// folderNames are the folders' names of a torrent as they were sent, each with
// what it was cleaned to: files share their folders, so each is cleaned once.
type folderNames map[string]string

// path is SanitizePath for one file of a torrent. It stops at the limits of a
// path, before it has cleaned what is beyond them.
func (f folderNames) path(components [][]byte) (string, error) {
	var out strings.Builder
	depth := 0
	for part := range parts(components) {
		if depth++; depth > MaxDepth {
			return "", deepPath()
		}
		clean, known := f[part]
		if !known {
			clean = cleanComponent(part)
			if len(part) <= maxNameBytes && len(f) < maxFolders {
				f[part] = clean
			}
		}
		if clean == "" {
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('/')
		}
		if out.WriteString(clean); out.Len() > maxPathBytes {
			return "", unsafePath("A file of this torrent has an unusable name.")
		}
	}
	return out.String(), nil
}

func (in *info) displayName() string {
	if len(in.nameUTF8) > 0 {
		return sanitizeTitle(string(in.nameUTF8))
	}
	return sanitizeTitle(string(in.name))
}

// metafile is what is used of a .torrent file's outer dictionary.
type metafile struct {
	info   []byte
	tiers  [][]string
	layers map[string]string
}

func readTop(b []byte) (metafile, error) {
	var top metafile
	var announce []byte
	r := &reader{b: b}
	err := r.dict(func(key []byte) error {
		var err error
		switch string(key) {
		case "info":
			if r.kind() != 'd' {
				return errSyntax
			}
			top.info, err = r.raw()
		case "announce":
			announce, err = r.optionalString()
		case "announce-list":
			top.tiers, err = r.announceList()
		case "piece layers":
			top.layers, err = r.pieceLayers()
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
	if len(top.tiers) == 0 {
		top.tiers = [][]string{{string(announce)}}
	}
	top.tiers = keepTrackers(top.tiers)
	return top, nil
}

// optionalString reads a string, or passes over a value of another kind.
func (r *reader) optionalString() ([]byte, error) {
	if r.kind() == 's' {
		return r.str()
	}
	return nil, r.skip()
}

// announceList reads the tiers of BEP 12 and passes over what is none.
func (r *reader) announceList() ([][]string, error) {
	if r.kind() != 'l' {
		return nil, r.skip()
	}
	var tiers [][]string
	kept := 0
	err := r.list(func() error {
		if r.kind() != 'l' {
			return r.skip()
		}
		var tier []string
		err := r.list(func() error {
			s, err := r.optionalString()
			if len(s) > 0 && len(s) <= maxTrackerBytes && kept < 10*MaxTrackers {
				tier = append(tier, string(s))
				kept++
			}
			return err
		})
		if len(tier) > 0 {
			tiers = append(tiers, tier)
		}
		return err
	})
	return tiers, err
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
