package kit

import "longhaul/models"

// PlanLimits are the limits of a plan; null is no limit.
type PlanLimits struct {
	MaxRunningJobs *int   `json:"maxRunningJobs" minimum:"1" maximum:"10000"`
	StorageBytes   *int64 `json:"storageBytes" minimum:"0"`
	BandwidthBytes *int64 `json:"bandwidthBytes" minimum:"0" doc:"Bytes delivered in a calendar month, UTC"`
	MaxJobBytes    *int64 `json:"maxJobBytes" minimum:"1" doc:"Bytes of one job's selected files"`
	MaxFiles       *int   `json:"maxFiles" minimum:"0" doc:"Files of all jobs that are open or ready"`
	RetentionDays  *int   `json:"retentionDays" minimum:"1" maximum:"36500" doc:"Days until a ready job's files are removed"`
	RateLimit      *int64 `json:"rateLimit" minimum:"65536" maximum:"1099511627776" doc:"Bytes per second that one download may fetch with on an agent; a change counts for transfers that start after it"`
}

// PlanInfo is a plan.
type PlanInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	PlanLimits
	Default  bool `json:"default" doc:"New accounts get this plan"`
	Public   bool `json:"public" doc:"Shown to everybody"`
	Position int  `json:"position" doc:"Order in lists"`
}

// PlanOf returns a plan as clients see it.
func PlanOf(p models.Plan) PlanInfo {
	return PlanInfo{
		ID: p.ID, Name: p.Name, Default: p.IsDefault, Public: p.Public, Position: p.Position, PlanLimits: PlanLimits{
			MaxRunningJobs: p.MaxRunningJobs, StorageBytes: p.StorageBytes, BandwidthBytes: p.BandwidthBytes,
			MaxJobBytes: p.MaxJobBytes, MaxFiles: p.MaxFiles, RetentionDays: p.RetentionDays, RateLimit: p.RateLimit,
		},
	}
}

// PlansOutput is a list of plans.
type PlansOutput struct {
	Body struct {
		Plans []PlanInfo `json:"plans" nullable:"false"`
	} `nameHint:"PlanList"`
}

// PlansOf returns plans as clients see them.
func PlansOf(list []models.Plan) *PlansOutput {
	out := &PlansOutput{}
	out.Body.Plans = make([]PlanInfo, 0, len(list))
	for _, p := range list {
		out.Body.Plans = append(out.Body.Plans, PlanOf(p))
	}
	return out
}
