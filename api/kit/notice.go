package kit

import (
	"github.com/danielgtaylor/huma/v2"

	"longhaul/models"
)

// NoticeState is how far a takedown notice has come.
type NoticeState models.NoticeState

// Schema returns the schema of the states of notices.
func (NoticeState) Schema(r huma.Registry) *huma.Schema {
	return Enum(r, "NoticeState", "How far a takedown notice has come", models.NoticeStates()...)
}

// CounterStatement is what the sender of a counter-notice says.
type CounterStatement struct {
	Name         string `json:"name" minLength:"1" maxLength:"500"`
	Address      string `json:"address" minLength:"1" maxLength:"500"`
	Phone        string `json:"phone" minLength:"1" maxLength:"500"`
	Text         string `json:"text,omitempty" maxLength:"20000" doc:"Why the content was blocked by mistake"`
	Mistake      bool   `json:"mistake" doc:"It states, under penalty of perjury, the good faith belief that the content was blocked by mistake"`
	Jurisdiction bool   `json:"jurisdiction" doc:"It consents to the jurisdiction of a court, and to being served by the complainant"`
	Signature    string `json:"signature" minLength:"1" maxLength:"500"`
}

// Said returns the counter-notice as it is recorded.
func (c CounterStatement) Said() models.CounterNotice {
	return models.CounterNotice{
		Name: c.Name, Address: c.Address, Phone: c.Phone, Text: c.Text, Mistake: c.Mistake, Jurisdiction: c.Jurisdiction, Signature: c.Signature,
	}
}

// CounterStatementOf returns what the sender of a counter-notice said.
func CounterStatementOf(c models.CounterNotice) CounterStatement {
	return CounterStatement{
		Name: c.Name, Address: c.Address, Phone: c.Phone, Text: c.Text, Mistake: c.Mistake, Jurisdiction: c.Jurisdiction, Signature: c.Signature,
	}
}
