package source

import (
	"longhaul/agent/agentapi"
	"longhaul/models"
)

// Reported returns the manifest of a source from what an agent reports about
// it. Agents get it from strangers, so metainfo is parsed again and must belong
// to the same torrent; a URL has one file, whose name is sanitised, unless it leads
// to a torrent. A mismatch is an internal fault.
func Reported(asked models.Source, got agentapi.Manifest) (models.Manifest, error) {
	if asked.Kind == models.SourceURL && len(got.Metainfo) == 0 {
		return reportedFile(got)
	}
	link := ""
	if asked.Kind == models.SourceURL { // the address decides which torrent it is
		var err error
		if asked, link, err = reportedLink(got); err != nil {
			return models.Manifest{}, err
		}
	}
	found, m, err := ParseTorrent(got.Metainfo)
	if err != nil {
		return models.Manifest{}, err
	}
	v1 := asked.InfoHashV1 != "" && asked.InfoHashV1 == found.InfoHashV1
	v2 := asked.InfoHashV2 != "" && asked.InfoHashV2 == found.InfoHashV2
	if !v1 && !v2 {
		return models.Manifest{}, models.Errorf(models.CodeInternal, "The agent returned the metadata of another torrent.")
	}
	m.Metainfo, m.Magnet = found.Metainfo, link
	return m, nil
}

// reportedLink returns which torrent an address leads to: the one of the magnet link
// that it redirects to, or the one that it sends.
func reportedLink(got agentapi.Manifest) (models.Source, string, error) {
	if got.Magnet == "" {
		src, _, err := ParseTorrent(got.Metainfo)
		return src, "", err
	}
	src, err := ParseMagnet(got.Magnet)
	return src, src.URI, err
}

func reportedFile(got agentapi.Manifest) (models.Manifest, error) {
	if len(got.Files) != 1 || got.Files[0].Size < -1 {
		return models.Manifest{}, models.Errorf(models.CodeInternal, "The agent's findings about the URL are not valid.")
	}
	name := SanitizeFileName(got.Files[0].Path)
	if name == "" {
		name = "download"
	}
	size := got.Files[0].Size
	return models.Manifest{Name: name, Size: size, Files: []models.ManifestFile{{Path: name, Size: size}}}, nil
}
