package config

import (
	"time"
	_ "time/tzdata" // containers have no time zones

	"longhaul/models"
)

// Legal is who runs the service, as its legal pages say, and the calendar and the
// policy of takedown notices.
type Legal struct {
	OperatorName    string `env:"OPERATOR_NAME" doc:"Who runs this installation, a person or a company. The legal pages name them; while this or one of the next is empty, the pages say so, and administrators are warned."`
	OperatorAddress string `env:"OPERATOR_ADDRESS" doc:"Postal address of the operator, in one line."`
	OperatorEmail   string `env:"OPERATOR_EMAIL" doc:"E-mail address of the operator for users, rights holders and authorities."`
	Jurisdiction    string `env:"OPERATOR_JURISDICTION" doc:"Whose law the terms are under, such as Ireland or the State of Oregon, USA."`
	AgentName       string `env:"DMCA_AGENT_NAME" doc:"Agent designated to receive takedown notices, as registered with the US Copyright Office; may be the operator."`
	AgentAddress    string `env:"DMCA_AGENT_ADDRESS" doc:"Postal address of that agent."`
	AgentPhone      string `env:"DMCA_AGENT_PHONE" doc:"Phone number of that agent."`
	AgentEmail      string `env:"DMCA_AGENT_EMAIL" doc:"E-mail address of that agent."`
	Dir             string `env:"LEGAL_DIR" doc:"Folder with Markdown files that replace the legal pages: terms.md, privacy.md, dmca.md, each optional. Read when the API starts; empty means the texts that come with Longhaul."`

	CounterDays int           `env:"COUNTER_NOTICE_DAYS" envDefault:"10" doc:"Business days after a counter-notice until what its takedown notice blocks is restored: 10 to 14."`
	Holidays    []models.Date `env:"LEGAL_HOLIDAYS" doc:"Days that are no business days besides weekends, separated by commas, such as 2026-12-25,2027-01-01."`
	TimeZone    string        `env:"LEGAL_TIME_ZONE" envDefault:"UTC" doc:"Time zone in which business days begin and end, such as America/New_York."`

	StrikeMonths     int `env:"STRIKE_MONTHS" envDefault:"12" doc:"Months for which a strike counts. An account gets one for each accepted takedown notice about content of its jobs."`
	StrikesToSuspend int `env:"STRIKES_TO_SUSPEND" envDefault:"3" doc:"Strikes from which on an account can submit nothing; 0 turns this off."`
	StrikesToDisable int `env:"STRIKES_TO_DISABLE" envDefault:"6" doc:"Strikes at which an account is disabled; 0 turns this off."`
}

// Calendar returns what counts business days.
func (l Legal) Calendar() models.Calendar {
	zone, err := time.LoadLocation(l.TimeZone)
	if err != nil { // refused by validate
		zone = time.UTC
	}
	return models.Calendar{Zone: zone, Holidays: l.Holidays}
}

// Policy returns what becomes of accounts with several strikes.
func (l Legal) Policy() models.StrikePolicy {
	return models.StrikePolicy{Months: l.StrikeMonths, Suspend: l.StrikesToSuspend, Disable: l.StrikesToDisable}
}

func (l Legal) validate(f *faults) {
	f.when(l.CounterDays < models.MinCounterDays || l.CounterDays > models.MaxCounterDays, "COUNTER_NOTICE_DAYS", "must be 10 to 14")
	_, err := time.LoadLocation(l.TimeZone)
	f.when(err != nil, "LEGAL_TIME_ZONE", "must be a time zone, such as America/New_York")
	f.when(l.StrikeMonths < 1, "STRIKE_MONTHS", "must be at least 1")
	f.when(l.StrikesToSuspend < 0, "STRIKES_TO_SUSPEND", "must not be negative")
	f.when(l.StrikesToDisable < 0, "STRIKES_TO_DISABLE", "must not be negative")
}
