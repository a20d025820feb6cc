package kit

import (
	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// AnnouncementLevel is the level of an announcement on the wire.
type AnnouncementLevel models.AnnouncementLevel

// Schema returns the schema of levels.
func (AnnouncementLevel) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "AnnouncementLevel", "How urgent an announcement is", models.AnnounceInfo, models.AnnounceWarning)
}
