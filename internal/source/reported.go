package source

import (
	"longhaul/agent/agentapi"
	"longhaul/models"
)

// Reported returns the manifest of a source from what an agent reports about
// it. Agents get it from strangers, so metainfo is parsed again and must belong
// to the same torrent; a URL has one file, whose name is sanitised. A mismatch
// is an internal fault.
func Reported(asked models.Source, got agentapi.Manifest) (models.Manifest, error) {
	if asked.Kind == models.SourceURL {
		return reportedFile(got)
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
	m.Metainfo = found.Metainfo
	return m, nil
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
