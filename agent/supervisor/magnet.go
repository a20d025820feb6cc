package supervisor

import (
	"longhaul/agent/agentapi"
	"longhaul/models"
)

// leadsOn reports whether the engine found a magnet link instead of content. What a
// magnet link names is content.
func leadsOn(src agentapi.Source, m *models.Manifest) bool {
	return m != nil && src.URL != "" && m.Magnet != "" && len(m.Metainfo) == 0
}

// magnetOf returns the magnet link that an address led to; empty if what was asked
// for is what was resolved.
func magnetOf(asked, resolved agentapi.Source) string {
	if asked.URL == "" {
		return ""
	}
	return resolved.Magnet
}
