package kit

import "maps"

// accessTable says who may call which operation. It is the only place that
// does: an operation without a row can't be registered.
var accessTable = map[string]Access{
	"accept-invitation":   AccessPublic,
	"agent-register":      AccessPublic,
	"begin-passkey-login": AccessPublic,
	"confirm-email":       AccessPublic,
	"confirm-reset":       AccessPublic,
	"get-config":          AccessPublic,
	"get-health":          AccessPublic,
	"get-invitation":      AccessPublic,
	"get-readiness":       AccessPublic,
	"list-plans":          AccessPublic,
	"login":               AccessPublic,
	"login-passkey":       AccessPublic,
	"login-totp":          AccessPublic,
	"register":            AccessPublic,
	"request-reset":       AccessPublic,
	"resend-verification": AccessPublic,
	"setup":               AccessPublic,
	"verify":              AccessPublic,

	"get-me": AccessAccount,
	"logout": AccessAccount,

	"end-session":    AccessUser,
	"list-sessions":  AccessUser,
	"list-tokens":    AccessUser,
	"rename-passkey": AccessUser,
	"revoke-token":   AccessUser,

	"change-email":         AccessConfirmed,
	"change-password":      AccessConfirmed,
	"delete-account":       AccessConfirmed,
	"disable-totp":         AccessConfirmed,
	"make-token":           AccessConfirmed,
	"remove-passkey":       AccessConfirmed,
	"renew-recovery-codes": AccessConfirmed,

	"begin-passkey-reauthentication": AccessEnrol,
	"get-totp":                       AccessEnrol,
	"list-passkeys":                  AccessEnrol,
	"reauthenticate":                 AccessEnrol,

	"add-passkey":   AccessEnrolConfirmed,
	"begin-passkey": AccessEnrolConfirmed,
	"begin-totp":    AccessEnrolConfirmed,
	"enable-totp":   AccessEnrolConfirmed,

	"get-job":          AccessJobsRead,
	"get-job-timeline": AccessJobsRead,
	"get-usage":        AccessJobsRead,
	"list-jobs":        AccessJobsRead,
	"list-ledger":      AccessJobsRead,
	"stream-events":    AccessJobsRead,

	"cancel-job":     AccessJobsWrite,
	"delete-job":     AccessJobsWrite,
	"inspect-source": AccessJobsWrite,
	"pause-job":      AccessJobsWrite,
	"resume-job":     AccessJobsWrite,
	"retry-job":      AccessJobsWrite,
	"select-job":     AccessJobsWrite,
	"submit-job":     AccessJobsWrite,

	"get-archive":    AccessFilesRead,
	"link-archive":   AccessFilesRead,
	"link-file":      AccessFilesRead,
	"list-links":     AccessFilesRead,
	"revoke-link":    AccessFilesRead,
	"revoke-links":   AccessFilesRead,
	"list-job-files": AccessFilesRead,

	// Administrators: what reads, and what acts on jobs. Nothing here may give anyone a right, a credential or other code to run.
	"get-deployment-health":  AccessAdmin,
	"get-job-workflow":       AccessAdmin,
	"get-storage":            AccessAdmin,
	"get-user-plan":          AccessAdmin,
	"list-agents":            AccessAdmin,
	"list-all-plans":         AccessAdmin,
	"list-audit":             AccessAdmin,
	"list-invitations":       AccessAdmin,
	"list-mails":             AccessAdmin,
	"list-providers":         AccessAdmin,
	"list-security-events":   AccessAdmin,
	"list-users":             AccessAdmin,
	"move-job":               AccessAdmin,
	"provider-history":       AccessAdmin,
	"verify-audit":           AccessAdmin,
	"verify-security-events": AccessAdmin,

	// Administrators: every other act, that is on accounts, roles, plans, who may join, agents, providers and storage.
	"accept-storage":      AccessAdminSure,
	"assign-plan":         AccessAdminSure,
	"cordon-agent":        AccessAdminSure,
	"create-plan":         AccessAdminSure,
	"disable-user":        AccessAdminSure,
	"drain-agent":         AccessAdminSure,
	"enable-user":         AccessAdminSure,
	"enrol-agent":         AccessAdminSure,
	"invite":              AccessAdminSure,
	"logout-user":         AccessAdminSure,
	"remove-agent":        AccessAdminSure,
	"remove-orphans":      AccessAdminSure,
	"set-registration":    AccessAdminSure,
	"set-user-role":       AccessAdminSure,
	"switch-provider":     AccessAdminSure,
	"uncordon-agent":      AccessAdminSure,
	"update-plan":         AccessAdminSure,
	"verify-provider":     AccessAdminSure,
	"withdraw-invitation": AccessAdminSure,

	"agent-boot":      AccessAgent,
	"agent-heartbeat": AccessAgent,
	"agent-uploads":   AccessAgent,
}

// AccessTable returns who may call which operation, by the operation's id.
func AccessTable() map[string]Access { return maps.Clone(accessTable) }
