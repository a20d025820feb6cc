package library

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"longhaul/internal/source"
	"longhaul/models"
)

// cleanName returns a name as the library keeps it. What is visible and cannot
// stay is refused, so that a name is never another one than was typed; what is
// invisible is dropped.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(norm.NFC.String(name))
	switch {
	case len(name) > models.MaxFileName:
		return "", models.Errorf(models.CodeInvalid, "Use a name of at most %d bytes.", models.MaxFileName).In("name")
	case strings.ContainsAny(name, `<>:"|?*/\`):
		return "", models.Errorf(models.CodeInvalid, "A name cannot have any of < > : \" / \\ | ? *").In("name")
	}
	clean := source.SanitizeFileName(name)
	if clean == "" {
		return "", models.Errorf(models.CodeInvalid, "Use a name with at least one visible character.").In("name")
	}
	return clean, nil
}
