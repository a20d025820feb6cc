// Package httpstatus says which HTTP status each kind of fault has, for every
// server of ours. It does not write answers.
package httpstatus

import (
	"net/http"

	"longhaul/models"
)

// Of returns the status of a fault; one without a known code is internal.
func Of(c models.Code) int {
	switch c {
	case models.CodeInvalid:
		return http.StatusUnprocessableEntity
	case models.CodeUnauthorized:
		return http.StatusUnauthorized
	case models.CodeForbidden, models.CodeBlocked, models.CodeQuotaExceeded:
		return http.StatusForbidden
	case models.CodeNotFound:
		return http.StatusNotFound
	case models.CodeConflict:
		return http.StatusConflict
	case models.CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	case models.CodeRateLimited:
		return http.StatusTooManyRequests
	case models.CodeUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
