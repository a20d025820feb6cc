package models

// LegalName names a legal page.
type LegalName string

// The legal pages.
const (
	LegalTerms   LegalName = "terms"
	LegalPrivacy LegalName = "privacy"
	LegalDMCA    LegalName = "dmca"
)

// LegalNames returns every legal page.
func LegalNames() []LegalName { return []LegalName{LegalTerms, LegalPrivacy, LegalDMCA} }

// LegalPage is what users and rights holders read of their rights and duties.
type LegalPage struct {
	Name     LegalName
	Text     string // Markdown
	Replaced bool   // the operator's own text
}
